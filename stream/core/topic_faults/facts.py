"""A cluster and its topics as they are, and what an installation needs of them. Values only."""

from msgspec import Struct

from stream.core.step import Terms


class TopicFacts(Struct, frozen=True):
    """One topic as it is: `settings` by the broker's names, empty where it would not tell."""

    partitions: int
    replication: int
    settings: dict[str, str] = {}

    def number(self, setting: str) -> int | None:
        """A setting's value; None where the broker would not tell."""
        value = self.settings.get(setting)
        return None if value is None else int(value)


class ClusterFacts(Struct, frozen=True):
    """A cluster as it is; `settings` are one broker's, empty where it would not tell."""

    bootstrap: str
    brokers: int
    topics: dict[str, TopicFacts]
    settings: dict[str, str] = {}

    def alter(self, name: str, setting: str, value: object) -> str:
        """How to set one setting of a topic, as a line to type."""
        return (
            f"Mend it: kafka-configs.sh --bootstrap-server {self.bootstrap} --alter "
            f"--entity-type topics --entity-name {name} --add-config {setting}={value}"
        )


class Needs(Struct, frozen=True, kw_only=True):
    """What this installation needs of its cluster. Times in ms; `deadline` is the longest a case may take.

    `ledger_session_timeout` is None where no ledger asks: nothing of the path is to be stopped by it.
    """

    partitions: int
    transaction_timeout: int
    session_timeout: int
    ledger_session_timeout: int | None = None
    deadline: int = Terms().automatic + Terms().people
