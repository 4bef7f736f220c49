"""The front matter of `policy.md`: what a policy is, and what follows from each of its clauses."""

from collections.abc import Mapping
from typing import Annotated

from msgspec import Meta, Struct

from stream.core.errors import PolicyInvalid
from stream.core.fields import Jurisdiction, Language, Name
from stream.core.policy.policy import MAX_SEVERITY, MAX_STRIKE, Action, Autonomy
from stream.core.policy.reason import Category, Ground, Reason
from stream.core.toml_text import decode_toml, line_of, nearest

FIRST_LINE = 2
Severity = Annotated[int, Meta(ge=1, le=MAX_SEVERITY)]
Reference = Annotated[str, Meta(min_length=1, max_length=500)]


class ReasonText(Struct, frozen=True):
    """A reason as written: a clause's says only how it differs from the policy's."""

    ground: Ground | None = None
    reference: Reference | None = None
    category: Category | None = None
    territory: tuple[Jurisdiction, ...] | None = None


class Consequences(Struct, frozen=True):
    """What follows from breaking one clause."""

    actions: dict[Severity, Action]
    strike: Annotated[int, Meta(ge=0, le=MAX_STRIKE)] = 1
    label_days: Annotated[int, Meta(ge=1, le=3_650)] | None = None
    urgent: bool = False
    reason: ReasonText = ReasonText()


class FrontMatter(Struct, frozen=True):
    """What stands before the sections, and never enters a prompt but for the title."""

    id: Name
    version: Annotated[str, Meta(pattern=r"^[0-9]+(\.[0-9]+){0,2}$")]
    title: Annotated[str, Meta(min_length=1, max_length=80)]
    languages: Annotated[tuple[Language, ...], Meta(min_length=1)]
    reason: ReasonText
    clauses: dict[str, Consequences]
    autonomy: Autonomy = Autonomy.FULL
    high_impact: bool = False
    restricted: bool = False
    local_only: bool = False
    never_clear: bool = False


def read_front_matter(text: str, file: str) -> FrontMatter:
    """Read the TOML between the fences.

    Raises:
        PolicyInvalid: it is no TOML, a key is unknown, missing or does not fit.
    """
    return decode_toml(text, file, FrontMatter, FIRST_LINE)


class ClauseTable:
    """The consequences of a policy's clauses, and where errors about them point."""

    def __init__(self, front: FrontMatter, text: str, file: str) -> None:
        """Args: front: as read; text: the front matter as written; file: its name, for errors."""
        self._front = front
        self._text = text
        self._file = file

    def check_ids(self, violating: list[str]) -> None:
        """Refuse a table of what is no clause of VIOLATES.

        Raises:
            PolicyInvalid: there is one.
        """
        for clause_id in self._front.clauses:
            if clause_id not in violating:
                what = f"consequences of {clause_id}, which is no clause of VIOLATES"
                raise self._fault(clause_id, what, nearest(clause_id, violating))

    def of(self, clause_id: str, ladder: tuple[int, ...], line: int) -> tuple[Consequences, Reason]:
        """The consequences of one clause.

        Args:
            clause_id: the clause.
            ladder: its severities.
            line: where it stands in the file, for a clause that has no table.

        Raises:
            PolicyInvalid: it has none, or they do not fit its ladder or each other.
        """
        written = self._front.clauses.get(clause_id)
        if written is None:
            mend = f'Add [clauses."{clause_id}"] with `actions = {{{ladder[0]} = "remove"}}`'
            raise PolicyInvalid(self._file, line, f"clause {clause_id} has no action", mend)
        self._check_steps(clause_id, written.actions, ladder)
        reason = self._reason(clause_id, written.reason)
        self._check_territory(clause_id, written, reason)
        if set(written.actions.values()) == {Action.SUPPORT} and written.strike:
            what = f"clause {clause_id} offers support, and counts as a strike"
            raise self._fault(clause_id, what, "Write `strike = 0`: nobody is punished for being in need")
        return written, reason

    def _check_steps(self, clause_id: str, steps: Mapping[int, Action], ladder: tuple[int, ...]) -> None:
        for severity in steps:
            if severity not in ladder:
                what = f"clause {clause_id} has an action at severity {severity}, which its ladder lacks"
                raise self._fault(clause_id, what, f"The ladder has {', '.join(map(str, ladder))}")
        if ladder[0] not in steps:
            what = f"clause {clause_id} has no action at severity {ladder[0]}, where its ladder begins"
            raise self._fault(clause_id, what, f"Add `{ladder[0]} = …` to its actions")

    def _reason(self, clause_id: str, written: ReasonText) -> Reason:
        default = self._front.reason
        ground, reference = written.ground or default.ground, written.reference or default.reference
        category = written.category or default.category
        if ground is None or reference is None or category is None:
            what = f"clause {clause_id} has no complete reason"
            mend = "Give [reason] a ground (law or terms), a reference and a category"
            raise self._fault(clause_id, what, mend)
        territory = written.territory if written.territory is not None else default.territory
        return Reason(ground, reference, category, territory or ())

    def _check_territory(self, clause_id: str, written: Consequences, reason: Reason) -> None:
        """`remove` and `region` say themselves how far they reach."""
        actions = written.actions.values()
        if reason.territory and Action.REMOVE in actions:
            what = f"clause {clause_id} counts in {', '.join(reason.territory)} only, but removes everywhere"
            raise self._fault(clause_id, what, "Let its action be `region`, or give it no territory")
        if not reason.territory and Action.REGION in actions:
            what = f"clause {clause_id} hides content in its territory, and has none"
            raise self._fault(clause_id, what, 'Give its reason a `territory = ["DE"]`')

    def _fault(self, clause_id: str, what: str, mend: str) -> PolicyInvalid:
        line = line_of(self._text, ("clauses", clause_id)) + FIRST_LINE - 1
        return PolicyInvalid(self._file, line, what, mend)
