"""What must hold between settings, each rule a line that names the keys it speaks of."""

from collections.abc import Iterator
from pathlib import Path

from msgspec import Struct

from stream.adapters.openai.options import OpenAiOptions
from stream.config.kafka import Kafka, Sasl, SaslMechanism, Tls
from stream.config.keys import Key
from stream.config.settings import EngineKind, Gate, Judge, Settings


class Breach(Struct, frozen=True):
    """A rule that does not hold: the key it is said at, the other key it rests on, and what to do."""

    key: Key
    rests_on: Key
    what: str


def breaches(settings: Settings) -> list[Breach]:
    """Every rule that these settings break."""
    return [
        *_tls(settings.kafka.tls),
        *_sasl(settings.kafka.sasl),
        *_secret_in_clear(settings.kafka),
        *_gate(settings.gate),
        *_judge(settings.judge),
    ]


def _tls(tls: Tls) -> Iterator[Breach]:
    section = ("kafka", "tls")
    files = {"ca_file": tls.ca_file, "certificate_file": tls.certificate_file, "key_file": tls.key_file}
    for name, path in files.items():
        key = (*section, name)
        if path is not None and not tls.enabled:
            yield Breach(key, (*section, "enabled"), "has no effect: set kafka.tls.enabled = true too")
        if path is not None and not _is_file(path):
            yield Breach(key, key, f"{path} is no file that can be read")
    if (tls.certificate_file is None) != (tls.key_file is None):
        given, missing = ("certificate_file", "key_file")
        if tls.certificate_file is None:
            given, missing = missing, given
        what = f"a client's certificate and its key go together: set kafka.tls.{missing} too"
        yield Breach((*section, given), (*section, missing), what)


def _sasl(sasl: Sasl) -> Iterator[Breach]:
    section = ("kafka", "sasl")
    mechanism = (*section, "mechanism")
    missing = {"username": not sasl.username, "password": sasl.password is None}
    if sasl.mechanism is None:
        for name in (name for name, absent in missing.items() if not absent):
            yield Breach((*section, name), mechanism, "has no effect: set kafka.sasl.mechanism too")
        return
    for name in (name for name, absent in missing.items() if absent):
        or_file = " or password_file" if name == "password" else ""
        yield Breach(mechanism, (*section, name), f"{sasl.mechanism} needs kafka.sasl.{name}{or_file}")


def _secret_in_clear(kafka: Kafka) -> Iterator[Breach]:
    if kafka.sasl.mechanism is SaslMechanism.PLAIN and not kafka.tls.enabled:
        what = (
            "PLAIN without TLS shows the password to the network: "
            "set kafka.tls.enabled = true, or take SCRAM-SHA-512"
        )
        yield Breach(("kafka", "sasl", "mechanism"), ("kafka", "tls", "enabled"), what)


def _gate(gate: Gate) -> Iterator[Breach]:
    if gate.transaction_timeout_ms >= gate.session_timeout_ms:
        what = (
            f"{gate.transaction_timeout_ms} must be below gate.session_timeout_ms "
            f"({gate.session_timeout_ms}), so that the gate that takes over meets no open transaction"
        )
        yield Breach(("gate", "transaction_timeout_ms"), ("gate", "session_timeout_ms"), what)


def _judge(judge: Judge) -> Iterator[Breach]:
    reserved = {"priority_slots": judge.priority_slots, "urgent_slots": judge.urgent_slots}
    if sum(reserved.values()) >= judge.window:
        name = max(reserved, key=lambda name: reserved[name])
        together = " together" if min(reserved.values()) else ""
        what = (
            f"{reserved[name]} is too many: judge.priority_slots and judge.urgent_slots{together} must be "
            f"below judge.window ({judge.window}), since ordinary cases need one of its slots at least"
        )
        yield Breach(("judge", name), ("judge", "window"), what)
    if judge.engine is EngineKind.OPENAI and not judge.openai.base_url:
        what = "openai asks a server: set judge.openai.base_url, for example to http://127.0.0.1:8000/v1"
        yield Breach(("judge", "engine"), ("judge", "openai", "base_url"), what)
    yield from _server("openai", judge.openai, judge)
    yield from _server("openai_high", judge.openai_high, judge)


def _server(name: str, server: OpenAiOptions, judge: Judge) -> Iterator[Breach]:
    section = ("judge", name)
    base_url = (*section, "base_url")
    if not server.base_url:
        return
    if not server.model:
        what = f"set judge.{name}.model too, to the model's name on that server"
        yield Breach(base_url, (*section, "model"), what)
    if server.timeout_s >= judge.item_deadline_s:
        what = (
            f"{server.timeout_s:g} must be below judge.item_deadline_s ({judge.item_deadline_s:g}), so that "
            "a server that hangs counts as away, and does not send window after window to people"
        )
        yield Breach((*section, "timeout_s"), ("judge", "item_deadline_s"), what)
    if server.api_key is not None and server.base_url.startswith("http:") and not server.is_local:
        what = (
            "a key over plain http shows itself to the network: take https, or set "
            f"judge.{name}.local = true where that network is yours"
        )
        yield Breach(base_url, (*section, "api_key"), what)


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:
        return False
