"""Random shares that come out the same again: a case is in one or not by a keyed hash of its names. Pure."""

import hmac

from msgspec import Struct

_WHOLE = 1 << 64


class Sampling(Struct, frozen=True):
    """Draws under one secret key: who does not have it cannot tell what will be drawn.

    Args:
        key: any bytes; the same ones give the same draws.
    """

    key: bytes

    def draws(self, share: float, purpose: str, *names: str) -> bool:
        """Whether these names are in a share.

        Args:
            share: 0 is never, 1 always.
            purpose: what the share is for; each purpose draws independently.
            names: what is drawn, such as a case's id and a policy's digest.
        """
        named = b"\xff".join(part.encode() for part in (purpose, *names))
        digest = hmac.digest(self.key, named, "sha256")
        return int.from_bytes(digest[:8], "big") < share * _WHOLE
