"""A broker that somebody else runs."""

from stream.adapters.brokers.answer import answers
from stream.adapters.brokers.broker import Broker, BrokerKind, BrokerMissing

ANSWER_SECONDS = 10.0


class ExternalBroker(Broker):
    """The broker named by its user. Closing it leaves it as it is.

    Raises:
        BrokerMissing: nothing that speaks Kafka answers there within ten seconds.
    """

    kind: BrokerKind = "external"

    def __init__(self, bootstrap: str) -> None:
        self.bootstrap = bootstrap
        self.note = f"the Kafka at {bootstrap}, as named"
        if not answers(bootstrap, ANSWER_SECONDS):
            raise BrokerMissing(
                f"no Kafka answers at {bootstrap}: check the address in --bootstrap-servers or "
                "KAFKA_BOOTSTRAP_SERVERS, or unset both to have a broker started here"
            )

    def close(self) -> None:
        """Does nothing: the broker was there before."""
