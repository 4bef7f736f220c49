"""Free ports on this machine."""

import random
import socket

# Below what systems hand out to outgoing connections: a client that keeps trying a killed broker's port
# could otherwise be given that very port as its own, and the broker could never bind it again.
LOWEST, HIGHEST = 20_000, 29_999


def free_ports(count: int) -> list[int]:
    """Ports on 127.0.0.1 that nothing listens on now, all different.

    Raises:
        OSError: a hundred tries for each found too few.
    """
    found: set[int] = set()
    for _ in range(count * 100):
        if len(found) == count:
            break
        port = random.randint(LOWEST, HIGHEST)  # noqa: S311 - no secret
        if _is_free(port):
            found.add(port)
    if len(found) < count:
        raise OSError(f"no {count} free ports between {LOWEST} and {HIGHEST} on 127.0.0.1")
    return sorted(found)


def _is_free(port: int) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
