"""`sluice demo`: the main job on one machine, from a broker to a summary."""

import logging
import signal
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from stream.adapters.policies import PolicyFolder, find_folder
from stream.cli.context import loaded, settings_of
from stream.config import EngineKind

EXAMPLES = """Examples:

`sluice demo`

`sluice demo --input posts.jsonl.gz --minutes 2`

`sluice demo --bootstrap-servers localhost:9092 --keep`

`sluice demo --engine exemplar` (whatever model server runs on this machine)"""

Bootstrap = Annotated[
    str | None,
    typer.Option(
        envvar="KAFKA_BOOTSTRAP_SERVERS",
        help="A Kafka to use, host:port. Without it: Docker's, else a Java process, else a mock.",
        show_default=False,
    ),
]
Kind = Annotated[
    EngineKind | None,
    typer.Option(
        help="What decides. Without it: a model server of this machine with a gpt-oss model, "
        "else the exemplar.",
        show_default=False,
    ),
]
Server = Annotated[
    str | None,
    typer.Option(
        metavar="URL",
        help="Where to look for that server, e.g. http://127.0.0.1:8000/v1; "
        "without it the usual ports of Ollama, LM Studio and vLLM.",
        show_default=False,
    ),
]
Input = Annotated[
    Path | None,
    typer.Option(help="Your own posts: JSON lines {id, text, …}, plain or .gz.", show_default=False),
]
Minutes = Annotated[
    float, typer.Option(help="At most so long; what is undecided then stays hidden.", min=0.1)
]


def demo(
    ctx: typer.Context,
    bootstrap_servers: Bootstrap = None,
    engine: Kind = None,
    server: Server = None,
    input: Input = None,  # noqa: A002 - the option's name
    minutes: Minutes = 5.0,
    policies: Annotated[str, typer.Option(help="NAME of policies/sets/NAME.toml.", metavar="NAME")] = "demo",
    keep: Annotated[bool, typer.Option("--keep", help="Leave it running until Ctrl-C.")] = False,
) -> None:
    """Publish a feed of posts and watch them held, decided, released or removed.

    Starts a broker if there is none, and gate, triage, judge and ledger as the separate processes they are;
    ends all of it afterwards. Texts are masked. Speaks plain text to the broker, without TLS or SASL.
    """
    # Imported here: they bring scikit-learn and the brokers, seconds that no other command should wait for.
    from stream.ops.demo.engine import choose, words_of
    from stream.ops.demo.show import Demo, Options

    logging.getLogger().setLevel(logging.ERROR)
    _end_as_by_ctrl_c()
    settings = settings_of(ctx)
    choice = choose(engine, server, settings)
    root = find_folder(settings.policies.dir)
    folder = PolicyFolder(root)
    policy_set = folder.policy_set(policies)
    options = Options(
        policies=root,
        config=loaded(ctx).file,
        bootstrap=bootstrap_servers,
        engine=choice.kind.value,
        environment=choice.environment,
        policy_set=policies,
        input=input,
        minutes=minutes,
        keep=keep,
    )
    Demo(options, Console(), lambda: words_of(choice, settings, folder, policy_set), policy_set.title).run()


def _end_as_by_ctrl_c() -> None:
    """A closed terminal and `kill` leave no process behind either; what is ignored (nohup) stays ignored."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, signal.default_int_handler)
