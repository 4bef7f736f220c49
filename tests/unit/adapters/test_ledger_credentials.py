"""How the ledger's client is told of TLS and SASL."""

import ssl
from typing import Any

import pytest

from stream.adapters.faust.credentials import credentials_of
from stream.adapters.kafka import Connection, Sasl, Tls
from stream.core.errors import Misconfigured


def told(**given: Any) -> Any:  # noqa: ANN401 - Faust's own types
    return credentials_of(Connection(bootstrap="kafka:9092", **given))


def test_plain_text_needs_nothing() -> None:
    assert told() is None


def test_authorities_without_a_key_identifier_are_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    # Given a Python that refuses them by default, as 3.13 does
    def strict(cafile: str | None = None) -> ssl.SSLContext:
        context = made(cafile=cafile)
        context.verify_flags |= ssl.VERIFY_X509_STRICT
        return context

    made = ssl.create_default_context
    monkeypatch.setattr(ssl, "create_default_context", strict)
    # When the ledger speaks TLS / Then it takes what every other process takes, and checks the host
    context = told(tls=Tls()).context
    assert not context.verify_flags & ssl.VERIFY_X509_STRICT
    assert context.check_hostname
    assert context.verify_mode is ssl.CERT_REQUIRED


def test_a_host_name_that_is_not_to_be_checked_is_not() -> None:
    assert not told(tls=Tls(verify_hostname=False)).context.check_hostname


def test_a_name_and_password_go_over_tls_where_there_is_tls() -> None:
    sasl = Sasl(username="ledger", password="secret", mechanism="SCRAM-SHA-256")
    assert told(sasl=sasl).protocol.value == "SASL_PLAINTEXT"
    over_tls = told(sasl=sasl, tls=Tls())
    assert over_tls.protocol.value == "SASL_SSL"
    assert (over_tls.mechanism.value, over_tls.username) == ("SCRAM-SHA-256", "ledger")
    assert "secret" not in repr(over_tls)


def test_a_file_that_is_no_certificate_is_named() -> None:
    with pytest.raises(Misconfigured, match=r"kafka\.tls"):
        told(tls=Tls(ca_file=__file__))
