"""KEDA finds the credentials for Kafka where the chart says that they are."""

import pytest

from tests.autoscaling.backlog import Backlog
from tests.autoscaling.conftest import Ask

SASL = {"kafka.sasl": {"mechanism": "SCRAM-SHA-512", "secret": "sluice", "username": "sluice"}}
SECRET = {
    "apiVersion": "v1",
    "kind": "Secret",
    "metadata": {"name": "sluice"},
    "data": {"password": "aGlkZGVu"},
}


@pytest.mark.parametrize("part", ["triage", "judge"])
def test_user_and_password_come_from_the_pod_and_the_secret(part: str, backlog: Backlog, ask: Ask) -> None:
    # Given a chart with SASL, its Secret, and nothing where Kafka should be
    backlog.bootstrap = "127.0.0.1:1"
    # Then KEDA comes as far as Kafka's door
    found = ask(part, backlog, more=SASL, beside=[SECRET]).round()
    assert "connection refused" in found.error
    # And without the Secret it does not
    assert "no password given" in ask(part, backlog, more=SASL).round().error
