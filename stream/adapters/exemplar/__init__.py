"""An engine without a model: decides what resembles the policies' own examples, leaves the rest to people.

Raises on import:
    Misconfigured: scikit-learn is not installed, as in the images of gate, triage and ledger.
"""

from stream.core.errors import Misconfigured

try:
    from stream.adapters.exemplar.engine import Exemplar
except ModuleNotFoundError as missing:
    raise Misconfigured(
        f"The engine `exemplar` needs the package of `{missing.name}`, which is not installed here: install"
        " sluice[demo], use the image judge-exemplar, or set `judge.engine` to `vllm`."
    ) from missing

__all__ = ["Exemplar"]
