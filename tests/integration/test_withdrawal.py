"""`sluice policy withdraw` on a real broker: all of it or nothing, and only over what was seen."""

import subprocess
import sys
from pathlib import Path

import orjson
import pytest
import typer
from typer.testing import CliRunner, Result

from stream.adapters.brokers import Broker
from stream.adapters.kafka import Connection
from stream.adapters.kafka.publish import publish_all
from stream.adapters.policies import PolicyFolder
from stream.cli import app
from stream.cli.control import promotions
from stream.cli.status import Status
from stream.core.control import SetPromoted
from stream.core.control.events import SET_KEY
from stream.core.control.history import History
from stream.core.topics import Topic
from stream.core.wire import encode
from stream.ports import Outgoing
from tests.fleet.installation import Installation

LOOK = "stream.cli.policy.promotions"
DIES = """
import os
from stream.adapters.kafka.transactional import KafkaTransactionalProducer as Producer
Producer.commit = lambda self: os._exit(9)
from stream.cli import app
app()
"""


class Desk:
    """An operator's command line, with a promotion in force that an older command kept nowhere."""

    def __init__(self, broker: Broker, folder: Path) -> None:
        self.installation = Installation(broker, folder)
        self.environment = self.installation.member("gate").environment
        policies = PolicyFolder(folder / "policies")
        hasty = policies.policy_set("hasty")
        event = SetPromoted(
            name="hasty", digest=hasty.digest, files=policies.texts(hasty), by="ana", at=1, reason="unkept"
        )
        record = Outgoing(self.installation.topic(Topic.CONTROL), SET_KEY.encode(), encode(event), ())
        publish_all(Connection(bootstrap=broker.bootstrap), [record])

    def sluice(self, *line: str, status: int = 0) -> Result:
        done = CliRunner().invoke(app, ["policy", *line], env=self.environment)
        assert done.exit_code == status, done.output
        return done

    @property
    def history(self) -> list[tuple[str, bool]]:
        """Each promotion that can be gone back to, the newest first: why, and whether it is in force."""
        lines = map(orjson.loads, self.sluice("history", "--json").stdout.splitlines())
        return [(one["reason"], one["in_force"]) for one in lines]


@pytest.fixture
def desk(broker: Broker, tmp_path: Path) -> Desk:
    return Desk(broker, tmp_path)


def test_a_command_that_dies_before_its_commit_has_withdrawn_nothing(desk: Desk) -> None:
    # Given a command that wrote its records and dies
    line = [sys.executable, "-c", DIES, "policy", "withdraw", "--yes"]
    died = subprocess.run(line, env=desk.environment, capture_output=True, timeout=60, check=False)
    assert died.returncode == 9, died.stderr
    # Then the set is in force as before
    assert desk.history == [("unkept", True)]
    # When it is run again / Then it is withdrawn, and can be gone back to though nobody had kept it
    assert "withdrawn" in desk.sluice("withdraw", "--yes").stdout
    assert desk.history == [("unkept", False)]
    assert "back to  promotion 1" in desk.sluice("rollback", "--yes").stdout


def test_who_withdraws_takes_back_nothing_that_was_promoted_since_he_looked(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given somebody who has looked at what is in force, and a promotion between the look and the writing
    text = desk.installation.folder / "policies" / "sets" / "hasty.toml"

    def promoted_since(ctx: typer.Context) -> History:
        seen = promotions(ctx)
        monkeypatch.setattr(LOOK, promotions)
        (text.parent / "calm.toml").write_text(text.read_text("utf-8").replace('"1h"', '"3h"'), "utf-8")
        desk.sluice("promote", "calm", "--yes", "--no-test", "--reason", "new")
        return seen

    monkeypatch.setattr(LOOK, promoted_since)
    # When he withdraws / Then he is told so, and the new one stays in force
    refused = desk.sluice("withdraw", "--yes", status=Status.FAILED)
    assert "somebody else promoted or withdrew a set at the same time" in refused.stderr
    assert desk.history == [("golden cases not tried: new", True), ("unkept", False)]
