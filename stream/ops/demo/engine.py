"""What answers in the demo, and how good it is, in words for its user."""

import asyncio

from stream.adapters.exemplar import Exemplar
from stream.adapters.policies import PolicyFolder
from stream.config import EngineKind, Settings
from stream.core.policy.policy_set import PolicySet


def words_of(settings: Settings, folder: PolicyFolder, policy_set: PolicySet) -> str:
    """Say which engine decides; the exemplar is measured on the golden cases there and then."""
    if settings.judge.engine is EngineKind.VLLM:
        return f"vllm, in this judge's own process: {settings.judge.vllm.model} (not measured here)"
    return asyncio.run(_exemplar(folder, policy_set))


async def _exemplar(folder: PolicyFolder, policy_set: PolicySet) -> str:
    engine = Exemplar(folder.exemplars, allow=True)
    lines = ["exemplar: compares posts with the policies' own examples; no model, no moderation for real use"]
    for policy in policy_set.policies.values():
        golden = folder.golden(policy)
        figures = await engine.measure(policy, golden) if golden else "no golden cases, so nobody can say"
        lines.append(f"  {policy.id}: {figures}")
    return "\n".join(lines)
