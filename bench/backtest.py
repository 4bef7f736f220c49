"""How far a backtest keeps the engine as busy as the judge does; and whether its memory grows."""

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from bench.errand import Errand
from bench.load import EPOCH, Pair, cases, fill, post, text
from bench.measurement import Aim, Bound, Findings, Spread, Table, ratios
from bench.setting import Setting
from bench.sides import Side
from bench.topics import topics
from stream.core.topics import Topic, TopicNames
from stream.core.wire import encode

WINDOW = 64
ANSWER_S = 0.5
LEAST = 0.9
LARGEST_GROWTH_MB = 40
"""The Kafka client keeps 16 MiB of what it has fetched, more than the smaller run has."""
POLICIES = ("harassment", "spam-and-scams")
PATIENCE = 900.0

Round = dict[str, dict[str, Any]]


def measure(setting: Setting) -> Findings:
    """Both are given the same posts, in turn; then the same backtest again, and one of more posts."""
    count = setting.size(1_920, 640)
    rounds = [_round(setting, count) for _ in setting.rounds_of("backtest")]
    few, many = _endless(setting, 10_000), _endless(setting, setting.size(40_000, 20_000))
    return Findings(
        conditions={
            "model": f"a script: {ANSWER_S:g} s an answer, however many are asked",
            "posts": f"{count:,} a round, two policies each; the candidate changes one of them, so a post "
            f"is three questions, and two of the judge; window {WINDOW} on both sides",
            "timed": "judge: first case admitted to last outcome acknowledged; backtest: from its first "
            "read of a post to its last comparison, without the reading of audit and the count before",
            "at once": "a script without delay: what all that is not the engine costs, and its peak memory",
            "rounds": f"{setting.times()}, sides in turn",
        },
        tables=(_table(rounds, few, many),),
        aims=(
            Aim("posts/s over the judge's", Bound.AT_LEAST, LEAST,
                ratios(_rates(rounds, "backtest"), _rates(rounds, "judge"))),
            Aim(f"memory for {many['posts']:,} posts above that for {few['posts']:,}", Bound.AT_MOST,
                LARGEST_GROWTH_MB, Spread.of([many["peak_mb"] - few["peak_mb"]]), "MB"),
            Aim("questions that the same again puts", Bound.AT_MOST, 0,
                Spread.of([each["again"]["questions"] for each in rounds])),
        ),
        rounds=rounds,
    )  # fmt: skip


def _round(setting: Setting, count: int) -> Round:
    with topics(setting.bootstrap, "backtest") as prefix, tempfile.TemporaryDirectory() as folder:
        names = TopicNames(prefix)
        errand = Errand(
            bootstrap=setting.bootstrap,
            prefix=prefix,
            count=count,
            options={"slots": WINDOW, "answer_s": ANSWER_S},
        )
        found: Round = {}
        with Side("bench.sluice.scripted_judge", errand) as judge:
            judge.wait("ready", PATIENCE)
            fill(setting.bootstrap, names.of(Topic.CASES_JUDGE), cases(count, policies=POLICIES))
            found["judge"] = judge.wait("result", PATIENCE) | {"posts": count}
        fill(setting.bootstrap, names.of(Topic.CONTENT), _posts(count))
        with Side("bench.sluice.backtest", errand) as backtest:
            backtest.wait("ready", PATIENCE)
            for name in ("backtest", "again"):
                backtest.say(str(Path(folder) / "judgements"))
                found[name] = backtest.wait("result", PATIENCE)
    return found


def _endless(setting: Setting, count: int) -> dict[str, Any]:
    """A process of its own, for its memory."""
    with topics(setting.bootstrap, "backtest-many") as prefix, tempfile.TemporaryDirectory() as folder:
        errand = Errand(bootstrap=setting.bootstrap, prefix=prefix, options={"slots": WINDOW})
        fill(setting.bootstrap, TopicNames(prefix).of(Topic.CONTENT), _posts(count))
        with Side("bench.sluice.backtest", errand) as backtest:
            backtest.wait("ready", PATIENCE)
            backtest.say(str(Path(folder) / "judgements"))
            return backtest.wait("result", PATIENCE)


def _posts(count: int) -> Iterator[Pair]:
    """Posts of which no two are alike: what was answered about one text is known of its copies."""
    for number in range(count):
        event = replace(post(number, EPOCH), text=text(number))
        yield event.id.encode(), encode(event)


def _rates(rounds: list[Round], side: str) -> list[float]:
    return [each[side]["posts"] / each[side]["seconds"] for each in rounds]


def _table(rounds: list[Round], few: dict[str, Any], many: dict[str, Any]) -> Table:
    rows = [
        (
            side,
            Spread.of(_rates(rounds, side)).shown(),
            ratios(_rates(rounds, side), _rates(rounds, "judge")).shown(".2f"),
        )
        for side in ("judge", "backtest", "again")
    ]
    rows += [
        (
            f"at once, {each['posts']:,} posts, {each['peak_mb']:,.0f} MB",
            f"{each['posts'] / each['seconds']:,.1f}",
            "",
        )
        for each in (few, many)
    ]
    return Table("backtest: median (least - most)", ("side", "posts/s", "over the judge"), tuple(rows))
