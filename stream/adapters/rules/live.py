"""The rules in force: those of the folder, read again when they change, and those told through `control`.

A broken file leaves its last good rules in force, wherever it comes from.
"""

import asyncio
import logging
import threading
from collections.abc import Iterable
from pathlib import Path

from stream.adapters.rules.finders import Re2Finders
from stream.adapters.rules.folder import RuleFolder
from stream.core.control.events import RulesPublished
from stream.core.errors import Misconfigured
from stream.core.rules import Rule, RuleBook, parse_rules
from stream.ports import Clock, PolicySource

_log = logging.getLogger(__name__)

_FILES, _TOLD = "files", "told"


class LiveRules:
    """Implements `ports.RuleSource` on a folder.

    Attributes:
        reloads: how many edits came into force since the start.
        refused: how many edits did not, because they were broken.
        unknown: policies that rules add and the set lacks; they are passed over.
    """

    def __init__(self, folder: RuleFolder, policies: PolicySource, clock: Clock) -> None:
        """Load the rules for the first time.

        Raises:
            PolicyInvalid: a file does not hold together; there is no last good one yet.
        """
        self._folder = folder
        self._policies = policies
        self._clock = clock
        self._finders = Re2Finders()
        self._stamp = folder.stamp()
        self._files = {path: self._read(path) for path in folder.files()}
        self._told: dict[str, tuple[Rule, ...]] = {}
        self._heard: tuple[RulesPublished, ...] = ()
        self._changing = threading.Lock()
        self._current = self._book()
        self._ended: set[str] = set()
        self.reloads = 0
        self.refused = 0
        self._broken: set[str] = set()
        self.unknown: frozenset[str] = frozenset()
        self._look()

    def current(self) -> RuleBook:
        """Return the rules in force, with those that have ended and do nothing."""
        return self._current

    @property
    def stale(self) -> bool:
        """Whether the files, or what was told, hold an edit now that is refused."""
        return bool(self._broken)

    def counts(self) -> tuple[int, int]:
        """How many rules are in force, and how many have ended and still stand in a file."""
        now = self._clock()
        ended = sum(rule.is_over(now) for rule in self._current.rules)
        return len(self._current.rules) - ended, ended

    def refresh(self) -> bool:
        """Look at the files once and load what changed. Returns whether other rules are in force now."""
        with self._changing:
            stamp = self._folder.stamp()
            changed = stamp != self._stamp and self._reload(stamp)
            self._look()
            return changed

    def hear(self, files: tuple[RulesPublished, ...]) -> None:
        """Take these in place of all that was told before. From any thread; never raises."""
        with self._changing:
            if files == self._heard:
                return
            self._heard = files
            before = self._told
            self._broken.discard(_TOLD)
            self._told = {file.name: self._parsed(file, before.get(file.name, ())) for file in files}
            try:
                self._bring_into_force(self._book())
            except Misconfigured as error:
                self._refuse(error, _TOLD)
                self._told = before
            self._look()

    async def watch(self, seconds: float = 2.0) -> None:
        """Refresh every so many seconds, until cancelled."""
        while True:
            await asyncio.sleep(seconds)
            # On a thread: hundreds of rules take a while to compile, and cases go on under those before.
            try:
                await asyncio.to_thread(self.refresh)
            except Exception as bug:  # noqa: BLE001 - a watch that ends would leave triage blind to edits
                self._refuse(Misconfigured(f"reading the rules met {type(bug).__name__}"), _FILES)

    def _reload(self, stamp: tuple[tuple[str, int, int], ...]) -> bool:
        # Before reading: what is written meanwhile then differs from it, and is seen the next time.
        self._stamp = stamp
        before = self._files
        self._broken.discard(_FILES)
        self._files = {}
        for path in self._folder.files():
            try:
                self._files[path] = self._read(path)
            except Misconfigured as error:
                self._refuse(error, _FILES)
                self._files[path] = before.get(path, ())
        try:
            return self._bring_into_force(self._book())
        except Misconfigured as error:
            self._refuse(error, _FILES)
            self._files = before
            return False

    def _bring_into_force(self, book: RuleBook) -> bool:
        if book.rules == self._current.rules:
            return False
        self._current = book
        self.reloads += 1
        _log.info("rules are in force: %s", ", ".join(rule.name for rule in book.rules) or "none")
        return True

    def _read(self, path: Path) -> tuple[Rule, ...]:
        """The rules of one file, known to compile: a mistake in it must not hold up another file's edit."""
        rules = self._folder.rules(path, self._clock())
        RuleBook(rules, self._finders)
        return rules

    def _parsed(self, file: RulesPublished, before: tuple[Rule, ...]) -> tuple[Rule, ...]:
        """The rules of a file that was told, known to compile; else those before."""
        try:
            rules = parse_rules(file.text, f"control:{file.name}", self._clock())
            RuleBook(rules, self._finders)
        except Misconfigured as error:
            self._refuse(error, _TOLD)
            return before
        except Exception as bug:  # noqa: BLE001 - the thread of `control` must go on, whatever was told
            self._refuse(Misconfigured(f"control:{file.name} met {type(bug).__name__}"), _TOLD)
            return before
        return rules

    def _book(self) -> RuleBook:
        everything: Iterable[tuple[Rule, ...]] = (*self._files.values(), *self._told.values())
        return RuleBook((rule for rules in everything for rule in rules), self._finders)

    def _refuse(self, error: Misconfigured, where: str) -> None:
        self.refused += 1
        self._broken.add(where)
        _log.error("edit of the rules refused, those before it stay in force: %s", error)

    def _look(self) -> None:
        """Say once which rules have ended, and which policies the set does not have."""
        now, rules = self._clock(), self._current.rules
        ended = {rule.name for rule in rules if rule.is_over(now)}
        for rule in rules:
            if rule.name in ended - self._ended:
                _log.warning(
                    "rule %s has ended and does nothing: take it out of %s", rule.name, rule.file,
                    extra={"owner": rule.owner},
                )  # fmt: skip
        known = self._policies.current().policies
        unknown = frozenset(
            policy for rule in rules for policy in rule.then.route.policies if policy not in known
        )
        for policy in sorted(unknown - self.unknown):
            _log.warning("rules add policy %s, which the set lacks: it is passed over", policy)
        self._ended, self.unknown = ended, unknown
