"""What answers in the demo: chosen, or found on this machine; and how good it is, in words for its user."""

import asyncio

from msgspec import Struct, field

from stream.adapters.exemplar import Exemplar
from stream.adapters.openai.discovery import SUITABLE, USUAL, find_server
from stream.adapters.policies import PolicyFolder
from stream.config import EngineKind, Settings
from stream.core.errors import Misconfigured
from stream.core.policy.policy_set import PolicySet

_GENTLE = {"SLUICE_JUDGE__WINDOW": "16", "SLUICE_JUDGE__PRIORITY_SLOTS": "4"}
"""A laptop's model answers a few at a time; the rest had better wait in Kafka than before its door."""
_AT_ONCE = "8"


class Choice(Struct, frozen=True):
    """The engine, and what the judge's process must be told of it. `found` names a server that was found."""

    kind: EngineKind
    environment: dict[str, str] = field(default_factory=dict)
    found: str = ""


def choose(asked: EngineKind | None, server: str | None, settings: Settings) -> Choice:
    """The engine that was asked for; else a model server of this machine; else the exemplar.

    Args:
        asked: by `--engine`; a server that the settings describe is as good as asked for.
        server: the only address to look at.
        settings: the user's.

    Raises:
        Misconfigured: a server was asked for and none was found.
    """
    described = settings.judge.engine is EngineKind.OPENAI or asked is EngineKind.OPENAI
    if server is None and described and settings.judge.openai.base_url and asked in (None, EngineKind.OPENAI):
        return Choice(EngineKind.OPENAI)
    if asked not in (None, EngineKind.OPENAI):
        return Choice(asked)
    places = [server] if server is not None else list(USUAL.values())
    found = find_server(places)
    if found is not None:
        told = {
            "SLUICE_JUDGE__OPENAI__BASE_URL": found.url,
            "SLUICE_JUDGE__OPENAI__MODEL": found.model,
            "SLUICE_JUDGE__OPENAI__MAX_CONCURRENCY": _AT_ONCE,
        }
        return Choice(EngineKind.OPENAI, told | _GENTLE, f"{found.model} at {found.url}")
    if server is None and asked is None:
        return Choice(EngineKind.EXEMPLAR)
    raise Misconfigured(
        f"No model server that lists a {' or '.join(SUITABLE)} model answers at {', '.join(places)}: start"
        " one, give its address by --server, or choose --engine exemplar."
    )


def words_of(choice: Choice, settings: Settings, folder: PolicyFolder, policy_set: PolicySet) -> str:
    """Say which engine decides; the exemplar is measured on the golden cases there and then."""
    if choice.kind is EngineKind.VLLM:
        return f"vllm, in this judge's own process: {settings.judge.vllm.model} (not measured here)"
    if choice.found:
        return f"openai: {choice.found}, found on this machine (not measured here); or take --engine exemplar"
    if choice.kind is EngineKind.OPENAI:
        described = settings.judge.openai
        return f"openai: {described.model} at {described.base_url} (not measured here)"
    return asyncio.run(_exemplar(folder, policy_set))


async def _exemplar(folder: PolicyFolder, policy_set: PolicySet) -> str:
    engine = Exemplar(folder.exemplars, allow=True)
    lines = ["exemplar: compares posts with the policies' own examples; no model, no moderation for real use"]
    for policy in policy_set.policies.values():
        golden = folder.golden(policy)
        figures = await engine.measure(policy, golden) if golden else "no golden cases, so nobody can say"
        lines.append(f"  {policy.id}: {figures}")
    return "\n".join(lines)
