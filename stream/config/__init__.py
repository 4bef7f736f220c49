"""Settings: one typed tree from `sluice.toml` and the environment, checked as a whole at start."""

from stream.config.kafka import Kafka, Sasl, SaslMechanism, Tls, Topics
from stream.config.loading import Loaded, load
from stream.config.settings import (
    EngineKind,
    Exemplar,
    Gate,
    Judge,
    Level,
    LogFormat,
    Logging,
    Metrics,
    Policies,
    Settings,
    Staff,
    Triage,
)
from stream.core.secret import Secret

__all__ = [
    "EngineKind",
    "Exemplar",
    "Gate",
    "Judge",
    "Kafka",
    "Level",
    "Loaded",
    "LogFormat",
    "Logging",
    "Metrics",
    "Policies",
    "Sasl",
    "SaslMechanism",
    "Secret",
    "Settings",
    "Staff",
    "Tls",
    "Topics",
    "Triage",
    "load",
]
