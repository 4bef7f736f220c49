"""The judge before a model server: round by round, it tells how many tokens came in how many seconds."""

import asyncio

from bench.errand import Errand, tell
from bench.server import options
from bench.sluice.judge import runner
from bench.sluice.rounds import Rounds
from stream.adapters.openai import OpenAiEngine
from stream.runtime.concurrent import serve


async def main() -> None:
    """Run until killed."""
    errand = Errand.given()
    engine = OpenAiEngine(options(errand.options["url"], int(errand.options["slots"])))
    await engine.start()
    rounds = Rounds(errand.count)
    judge = runner(errand, engine, rounds, rounds)
    tell("ready")
    await serve(judge)


if __name__ == "__main__":
    asyncio.run(main())
