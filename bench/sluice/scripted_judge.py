"""The judge before a script: it tells how many seconds a round of cases took."""

import asyncio

from bench.errand import Errand, tell
from bench.sluice.judge import runner, scripted
from bench.sluice.rounds import Rounds
from stream.runtime.concurrent import serve


async def main() -> None:
    """Run until killed."""
    errand = Errand.given()
    rounds = Rounds(errand.count)
    judge = runner(errand, scripted(errand), rounds, rounds)
    tell("ready")
    await serve(judge)


if __name__ == "__main__":
    asyncio.run(main())
