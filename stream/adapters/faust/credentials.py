"""How Faust is told of TLS and SASL, and what it is refused all the same."""

import ssl

import faust
from aiokafka.errors import (
    AuthenticationFailedError,
    GroupAuthorizationFailedError,
    KafkaError,
    TopicAuthorizationFailedError,
)
from faust.auth import SASLCredentials, SSLCredentials

from stream.adapters.kafka import Connection, Tls
from stream.core.errors import Misconfigured

REFUSALS = (AuthenticationFailedError, GroupAuthorizationFailedError, TopicAuthorizationFailedError)
"""Errors of its client that no waiting mends."""


def refused(error: KafkaError) -> Misconfigured:
    """The error of a worker that may not do its work."""
    return Misconfigured(
        f"Kafka refuses the ledger: {error}. See kafka.sasl, and the rights that docs/install.md lists"
    )


def credentials_of(connection: Connection) -> faust.types.auth.CredentialsT | None:
    """The same way in as every other process has; None for plain text.

    Raises:
        Misconfigured: a certificate or key cannot be used.
    """
    context = None if connection.tls is None else _context(connection.tls)
    if connection.sasl is not None:
        return SASLCredentials(
            username=connection.sasl.username,
            password=connection.sasl.password,
            mechanism=connection.sasl.mechanism,
            ssl_context=context,
        )
    return None if context is None else SSLCredentials(context)


def _context(tls: Tls) -> ssl.SSLContext:
    try:
        context = ssl.create_default_context(cafile=tls.ca_file)
        context.check_hostname = tls.verify_hostname
        # Python 3.13 refuses authorities without a key identifier, as Strimzi's are; librdkafka does not.
        context.verify_flags &= ~ssl.VERIFY_X509_STRICT
        if tls.certificate_file is not None:
            context.load_cert_chain(tls.certificate_file, tls.key_file, tls.key_password)
    except (OSError, ssl.SSLError) as error:
        raise Misconfigured(
            f"the ledger cannot use kafka.tls: {error}. See kafka.tls.ca_file, certificate_file, key_file"
        ) from error
    return context
