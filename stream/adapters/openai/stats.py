"""What a model server's client counts, for the process's metrics."""

from collections import Counter

from msgspec import Struct, field

from stream.adapters.openai.fault import Reason
from stream.core.judgement import Answer


class ServerStats(Struct, kw_only=True):
    """Counts since the engine was made."""

    answers: int = 0
    """Questions answered, complete or not."""
    incomplete: int = 0
    """Answers cut off by length, or empty."""
    repairs: int = 0
    """Answers of another form that were asked for again."""
    retries: int = 0
    """Requests sent again after a fault."""
    in_flight: int = 0
    """Requests that run now."""
    limit: int = 0
    """Requests that may run at once now."""
    away: bool = False
    """Whether nothing is asked for a while (the breaker is open)."""
    openings: int = 0
    """How often asking was stopped."""
    faults: Counter[str] = field(default_factory=lambda: Counter({reason.value: 0 for reason in Reason}))
    """Requests without an answer, by reason."""

    def count(self, answer: Answer) -> None:
        """Add one answer."""
        self.answers += 1
        self.incomplete += not answer.complete
