"""What the way through Kafka costs the model: the judge beside vLLM's offline class, by output tokens.

Two policies a post: each in a prompt of its own, whose policy the prefix cache holds, and both in one prompt.
"""

from typing import Any

from bench.errand import Errand
from bench.load import cases, fill
from bench.measurement import Aim, Bound, Findings, Spread, Table, ratios
from bench.setting import Setting
from bench.sides import Side
from bench.topics import topics
from stream.core.policy.policy_set import Prompting
from stream.core.topics import Topic, TopicNames

ENVIRONMENT = ".venv-vllm"
POLICIES = ("harassment", "spam-and-scams")
WINDOW = 64
START_SECONDS = 240.0
PATIENCE = 600.0
LEAST = 0.95
SIDES = ("offline", "judge")

Round = dict[str, dict[str, Any]]


def measure(setting: Setting) -> Findings:
    """Both engines stay up; each round both answer the same new cases, the one that goes first changing."""
    rounds = {prompting.value: _rounds(setting, prompting) for prompting in Prompting}
    return Findings(
        conditions={
            "model": "gpt-oss with random weights, 2 layers, the real vocabulary; temperature 0; the same "
            "structural tag and token limits",
            "cases": f"{_cases(setting)} a round, {len(POLICIES)} policies; single: a prompt each, bundled: "
            f"both in one; window = max_num_seqs = {WINDOW}",
            "timed": "offline: LLM.generate; judge: first case admitted to last outcome acknowledged",
            "guarantee": "acks=all, replication 1, at least once",
            "rounds": f"{setting.times()} after one to warm up, sides in turn",
        },
        tables=(_table(rounds, _cases(setting)),),
        aims=(
            Aim(
                "output tokens/s over offline, single",
                Bound.AT_LEAST,
                LEAST,
                ratios(*(_rates(rounds[Prompting.SINGLE], side) for side in ("judge", "offline"))),
            ),
        ),
        rounds=[{"prompting": name, **each} for name, found in rounds.items() for each in found],
    )


def _rounds(setting: Setting, prompting: Prompting) -> list[Round]:
    with topics(setting.bootstrap, f"judge-{prompting}") as prefix:
        errand = Errand(
            bootstrap=setting.bootstrap,
            prefix=prefix,
            count=_cases(setting),
            options={"slots": WINDOW, "prompting": prompting, "policies": POLICIES},
        )
        with Side("bench.rivals.offline", errand, ENVIRONMENT) as offline:
            offline.wait("ready", START_SECONDS)
            with Side("bench.sluice.vllm_judge", errand, ENVIRONMENT) as judge:
                judge.wait("ready", START_SECONDS)
                numbers = setting.rounds_of(f"judge, {prompting}", setting.times() + 1)
                rounds = [_round(errand, offline, judge, number) for number in numbers]
    return rounds[1:]


def _round(errand: Errand, offline: Side, judge: Side, number: int) -> Round:
    """New texts each time, so that only the policy is in the prefix cache."""
    first = number * errand.count
    found: Round = {}
    for name, side in (("offline", offline), ("judge", judge))[:: 1 if number % 2 else -1]:
        begun = [each.cpu_seconds() for each in (offline, judge)]
        if side is offline:
            offline.say(str(first))
        else:
            topic = TopicNames(errand.prefix).of(Topic.CASES_JUDGE)
            fill(errand.bootstrap, topic, cases(errand.count, first=first, policies=POLICIES))
        found[name] = side.wait("result", PATIENCE)
        used = [each.cpu_seconds() - before for each, before in zip((offline, judge), begun, strict=True)]
        own, other = used if side is offline else used[::-1]
        found[name] |= {"cpu_seconds": own, "other_cpu_seconds": other}
    return found


def _cases(setting: Setting) -> int:
    return setting.size(64, 32)


def _rates(rounds: list[Round], side: str) -> list[float]:
    return [each[side]["output_tokens"] / each[side]["seconds"] for each in rounds]


def _table(rounds: dict[str, list[Round]], count: int) -> Table:
    rows = tuple(
        (
            f"{side}, {prompting}",
            Spread.of(_rates(found, side)).shown(),
            Spread.of(count / each[side]["seconds"] for each in found).shown(),
            Spread.of(each[side]["output_tokens"] for each in found).shown(",.0f"),
            Spread.of(each[side]["cpu_seconds"] for each in found).shown(),
            ratios(_rates(found, side), _rates(found, "offline")).shown(".2f"),
        )
        for prompting, found in rounds.items()
        for side in SIDES
    )
    columns = (
        "side",
        "output tokens/s",
        "posts/s",
        "tokens a round",
        "CPU seconds",
        "tokens/s over offline",
    )
    return Table("judge: median (least - most)", columns, rows)
