"""What the way through Kafka costs a model server: the judge beside vLLM's own benchmark client."""

from typing import Any

import httpx

from bench.errand import Errand
from bench.judge import ENVIRONMENT, PATIENCE, START_SECONDS, WINDOW
from bench.load import cases, fill
from bench.measurement import Aim, Bound, Findings, Spread, Table, ratios
from bench.setting import Setting
from bench.sides import Side
from bench.topics import topics
from stream.core.topics import Topic, TopicNames

LEAST = 0.9

Round = dict[str, dict[str, Any]]


def measure(setting: Setting) -> Findings:
    """One server, asked by both in turn; its prefix cache is emptied before each."""
    rounds = _rounds(setting)
    rates = {side: [_rate(each[side]) for each in rounds] for side in ("client", "judge")}
    return Findings(
        conditions={
            "model": "gpt-oss with random weights, 2 layers, the real vocabulary, on vLLM's OpenAI server",
            "requests": f"{_cases(setting)} a round, the same chats, temperature 0, the same response_format "
            f"and token limits, {WINDOW} at once; the client streams, the judge does not",
            "timed": "client: its own duration; judge: first case admitted to last outcome acknowledged",
            "rounds": f"{setting.times()} after one to warm up, sides in turn, with an empty prefix cache",
        },
        tables=(_table(rates, rounds),),
        aims=(
            Aim(
                "output tokens/s over vllm bench serve",
                Bound.AT_LEAST,
                LEAST,
                ratios(rates["judge"], rates["client"]),
            ),
        ),
        rounds=rounds,
    )


def _rounds(setting: Setting) -> list[Round]:
    with topics(setting.bootstrap, "http_engine") as prefix:
        errand = Errand(
            bootstrap=setting.bootstrap, prefix=prefix, count=_cases(setting), options={"slots": WINDOW}
        )
        with Side("bench.server", errand, ENVIRONMENT) as server:
            try:
                errand.options["url"] = server.wait("ready", 2 * START_SECONDS)["url"]
                with (
                    Side("bench.rivals.bench_serve", errand, ENVIRONMENT) as client,
                    Side("bench.sluice.http_judge", errand) as judge,
                ):
                    client.wait("ready", START_SECONDS)
                    judge.wait("ready", START_SECONDS)
                    numbers = setting.rounds_of("http_engine", setting.times() + 1)
                    return [_round(errand, client, judge, number) for number in numbers][1:]
            finally:
                server.say("end")
                server.wait("ended", PATIENCE)


def _round(errand: Errand, client: Side, judge: Side, number: int) -> Round:
    first = number * errand.count
    found: Round = {}
    for name, side in (("client", client), ("judge", judge))[:: 1 if number % 2 else -1]:
        _forget(errand.options["url"])
        begun = side.cpu_seconds()
        if side is client:
            client.say(str(first))
        else:
            topic = TopicNames(errand.prefix).of(Topic.CASES_JUDGE)
            fill(errand.bootstrap, topic, cases(errand.count, first=first))
        found[name] = side.wait("result", PATIENCE)
        found[name] |= {"cpu_seconds": side.cpu_seconds() - begun}
    return found


def _forget(url: str) -> None:
    reset = url.removesuffix("/v1") + "/reset_prefix_cache"
    httpx.post(reset, timeout=60, trust_env=False).raise_for_status()


def _cases(setting: Setting) -> int:
    return setting.size(128, 64)


def _rate(result: dict[str, Any]) -> float:
    return float(result["output_tokens"] / result["seconds"])


def _table(rates: dict[str, list[float]], rounds: list[Round]) -> Table:
    rows = tuple(
        (
            side,
            Spread.of(rates[side]).shown(),
            Spread.of(each[side]["output_tokens"] for each in rounds).shown(",.0f"),
            Spread.of(each[side]["seconds"] for each in rounds).shown(),
            Spread.of(each[side]["cpu_seconds"] for each in rounds).shown(),
        )
        for side in ("client", "judge")
    )
    columns = ("side", "output tokens/s", "tokens a round", "seconds a round", "CPU seconds")
    return Table("http_engine: median (least - most)", columns, rows)
