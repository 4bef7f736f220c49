"""Looks for a model server on this machine, at the ports that the usual ones listen on."""

from collections.abc import Sequence

import httpx
import msgspec
from msgspec import Struct

USUAL = {
    "Ollama": "http://127.0.0.1:11434/v1",
    "LM Studio": "http://127.0.0.1:1234/v1",
    "vLLM": "http://127.0.0.1:8000/v1",
}
"""By whose port it is; anything may listen there, so what it lists decides."""
SUITABLE = ("gpt-oss-safeguard", "gpt-oss")
"""Parts of the names of models that know Harmony's policies, the better ones first."""
_PATIENCE_SECONDS = 1.0


class FoundServer(Struct, frozen=True):
    """A server that lists a suitable model."""

    url: str
    model: str


class _Listed(Struct):
    id: str


class _Listing(Struct):
    data: list[_Listed]


def find_server(urls: Sequence[str] = tuple(USUAL.values())) -> FoundServer | None:
    """Return the first server that answers and lists a suitable model; None where there is none."""
    for url in urls:
        listed = _listed(url.rstrip("/"))
        for part in SUITABLE:
            for name in listed:
                if part in name.lower():
                    return FoundServer(url.rstrip("/"), name)
    return None


def _listed(url: str) -> list[str]:
    """The models that a server lists; none where it does not answer so."""
    try:
        answer = httpx.get(f"{url}/models", timeout=_PATIENCE_SECONDS, trust_env=False)
        return [one.id for one in msgspec.json.decode(answer.content, type=_Listing).data]
    except (httpx.HTTPError, httpx.InvalidURL, msgspec.MsgspecError, UnicodeError):
        return []
