"""A certificate authority of our own, made by the keytool that comes with Java."""

import subprocess
from pathlib import Path

from stream.core.errors import Unavailable

PASSWORD = "only-for-tests"
_HOUSE = ("-storetype", "PKCS12", "-storepass", PASSWORD, "-keypass", PASSWORD)
_KEY = ("-keyalg", "EC", "-groupname", "secp256r1", "-validity", "2")


class Authority:
    """One authority.

    Attributes:
        certificate: its own, in PEM: what whoever trusts it is given.
    """

    def __init__(self, folder: Path, name: str = "authority") -> None:
        self._store = folder / f"{name}.p12"
        self.certificate = folder / f"{name}.crt"
        _keytool(
            "-genkeypair", "-alias", "ca", "-dname", f"CN={name}", "-ext", "bc:c", *_KEY, store=self._store
        )
        _keytool("-exportcert", "-alias", "ca", "-rfc", "-file", self.certificate, store=self._store)

    def keys_for(self, host: str) -> Path:
        """A store with a key pair, whose certificate by this authority names a host and no other."""
        named = ("-dname", "CN=broker", "-ext", f"san=dns:{host}")
        _keytool("-genkeypair", "-alias", "broker", "-signer", "ca", *named, *_KEY, store=self._store)
        return self._store


def _keytool(*line: str | Path, store: Path) -> None:
    try:
        subprocess.run(
            ["keytool", *line, "-keystore", store, *_HOUSE], check=True, capture_output=True, timeout=60
        )
    except (FileNotFoundError, subprocess.CalledProcessError) as why:
        raise Unavailable(f"a broker with TLS needs Java's keytool: {why}") from why
