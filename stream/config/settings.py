"""The settings tree: every key, its type, its bounds and its unit."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

from msgspec import Meta, Struct

from stream.adapters.openai.options import OpenAiOptions
from stream.adapters.vllm.options import VllmOptions
from stream.config.kafka import Kafka, Topics
from stream.core.secret import Secret

_DRAIN = "seconds after SIGTERM that cases in hand may still take; what is left runs again elsewhere"


class EngineKind(StrEnum):
    """What answers the judge's questions."""

    EXEMPLAR = "exemplar"
    VLLM = "vllm"
    OPENAI = "openai"


class Level(StrEnum):
    """The least that is logged."""

    DEBUG = "debug"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


class LogFormat(StrEnum):
    """How a log line looks. `auto`: human on a terminal, else JSON."""

    AUTO = "auto"
    HUMAN = "human"
    JSON = "json"


class Gate(Struct, frozen=True, kw_only=True):
    """The gate's runner."""

    instance: Annotated[
        str,
        Meta(
            pattern=r"^[A-Za-z0-9_-]{1,60}$",
            description="this process among the gates (its ordinal); no two live gates may share it",
        ),
    ] = "0"
    batch: Annotated[int, Meta(ge=1, le=10_000, description="records in one transaction, at most")] = 3_000
    session_timeout_ms: Annotated[
        int, Meta(ge=1_000, le=300_000, description="ms without a sign of life until another gate takes over")
    ] = 6_000
    transaction_timeout_ms: Annotated[
        int, Meta(ge=1_000, le=60_000, description="ms that a dead gate's transaction may hold readers up")
    ] = 3_000


class Triage(Struct, frozen=True, kw_only=True):
    """Triage's runner."""

    window: Annotated[int, Meta(ge=1, le=10_000, description="cases in hand at once")] = 256
    item_deadline_s: Annotated[
        float, Meta(ge=0.1, le=3_600, description="seconds for one case; then people decide")
    ] = 30.0
    drain_s: Annotated[float, Meta(ge=0, le=3_600, description=_DRAIN)] = 15.0


class Exemplar(Struct, frozen=True, kw_only=True):
    """The engine that decides from the policies' own examples."""

    serve: Annotated[bool, Meta(description="whether it may serve outside demo and tests")] = False


class Judge(Struct, frozen=True, kw_only=True):
    """The judge's runner and its engine."""

    engine: EngineKind = EngineKind.EXEMPLAR
    window: Annotated[int, Meta(ge=1, le=4_096, description="cases in the engine at once")] = 64
    priority_slots: Annotated[
        int, Meta(ge=0, le=4_096, description="slots of the window kept for appeals, reports and the like")
    ] = 8
    urgent_slots: Annotated[
        int, Meta(ge=0, le=4_096, description="slots of the window kept for what may be urgent")
    ] = 4
    urgent_deadline_s: Annotated[
        float, Meta(ge=1, le=3_600, description="seconds for one case that may be urgent; then people decide")
    ] = 60.0
    item_deadline_s: Annotated[
        float,
        Meta(ge=1, le=3_600, description="seconds for one case while the model is there; then people decide"),
    ] = 120.0
    drain_s: Annotated[float, Meta(ge=0, le=3_600, description=_DRAIN)] = 30.0
    sampling_key: Annotated[
        Secret | None,
        Meta(
            description="draws which cases are judged again and audited; unset: another key in each process"
        ),
    ] = None
    exemplar: Exemplar = Exemplar()
    vllm: VllmOptions = VllmOptions()
    openai: OpenAiOptions = OpenAiOptions()
    """The server of the engine `openai`."""
    openai_high: OpenAiOptions = OpenAiOptions()
    """A server that answers at high effort in place of `engine`, whichever that is; without base_url none."""


class Shadow(Struct, frozen=True, kw_only=True):
    """The judge's shadow, which judges live cases under another set; its engine is `judge.engine`."""

    window: Annotated[int, Meta(ge=1, le=4_096, description="cases in the engine at once")] = 8
    share: Annotated[float, Meta(ge=0, le=1, description="of the cases, drawn at random")] = 0.1
    behind: Annotated[
        int,
        Meta(ge=1, le=1_000_000, description="records of a partition that may wait; more are jumped over"),
    ] = 1_000


class Ledger(Struct, frozen=True, kw_only=True):
    """The ledger's worker, its views, and where others ask it."""

    host: Annotated[str, Meta(description="address that its web views listen on")] = "127.0.0.1"
    port: Annotated[int, Meta(ge=1, le=65_535, description="port of its web views")] = 6_066
    advertised: Annotated[
        str,
        Meta(
            pattern=r"^([^\s,:/]+:\d{1,5})?$",
            description="host:port under which other workers reach it; empty: host and port, "
            "with the machine's name where host is every address",
        ),
    ] = ""
    url: Annotated[
        str,
        Meta(pattern=r"^(https?://[^\s/]+)?$", description="where commands ask a ledger; empty: nowhere"),
    ] = ""
    retention_hours: Annotated[
        float, Meta(gt=0, le=8_760, description="hours that it remembers what is closed")
    ] = 24.0
    refresh_s: Annotated[
        float, Meta(ge=0.1, le=3_600, description="seconds between two countings of everything, at least")
    ] = 5.0
    session_timeout_ms: Annotated[
        int,
        Meta(ge=1_000, le=300_000, description="ms without a sign of life until another worker takes over"),
    ] = 10_000


class Policies(Struct, frozen=True, kw_only=True):
    """Where the policies lie, and which set of them is in force."""

    dir: Annotated[Path, Meta(description="folder with policies and sets")] = Path("policies")
    set: Annotated[
        str, Meta(pattern=r"^[a-z0-9][a-z0-9._-]{0,127}$", description="NAME of sets/NAME.toml")
    ] = "default"


class Rules(Struct, frozen=True, kw_only=True):
    """Where the operators' rules lie."""

    dir: Annotated[
        Path, Meta(description="folder with NAME.toml, each with rules; without the folder there are none")
    ] = Path("rules")


class Metrics(Struct, frozen=True, kw_only=True):
    """The metrics page for Prometheus."""

    enabled: bool = True
    host: Annotated[str, Meta(description="address to listen on; empty: every one")] = "127.0.0.1"
    port: Annotated[int, Meta(ge=0, le=65_535, description="0: a free one, which the log names")] = 0


class Logging(Struct, frozen=True, kw_only=True):
    """The log on standard error."""

    level: Level = Level.INFO
    format: LogFormat = LogFormat.AUTO


class Staff(Struct, frozen=True, kw_only=True):
    """Who decides by this command line."""

    identity: Annotated[
        str, Meta(max_length=128, description="pseudonym in decisions; empty: the system's user name")
    ] = ""


class Settings(Struct, frozen=True, kw_only=True):
    """Everything that can be set."""

    kafka: Kafka = Kafka()
    topics: Topics = Topics()
    gate: Gate = Gate()
    triage: Triage = Triage()
    judge: Judge = Judge()
    shadow: Shadow = Shadow()
    ledger: Ledger = Ledger()
    policies: Policies = Policies()
    rules: Rules = Rules()
    metrics: Metrics = Metrics()
    logging: Logging = Logging()
    staff: Staff = Staff()
