"""Runs the Kafka thread beside the event loop that the handlers run on."""

import asyncio

from stream.runtime.concurrent.runner import Runner


async def serve(runner: Runner) -> None:
    """Run until the runner stops; its executor works on the loop that awaits this.

    Cancelling drains too, and waits for it.

    Raises:
        Exit: the process cannot go on, with the message for its operator.
    """
    thread = asyncio.ensure_future(asyncio.to_thread(runner.run))
    try:
        await asyncio.shield(thread)
    except asyncio.CancelledError:
        runner.stop()
        await thread
        raise
