"""What the judge needs from a model, and where published content can be read again."""

from typing import Protocol

from stream.core.case import Source
from stream.core.content import Edited, Published
from stream.core.judgement import Answer, Question


class Engine(Protocol):
    """A model that answers questions: in-process vLLM, a server, or the exemplar."""

    @property
    def model(self) -> str:
        """The model's name, as verdicts name it; an answer may name another that the question asked for."""

    @property
    def local(self) -> bool:
        """Whether nothing that it is asked leaves the operator's own machines."""

    async def start(self) -> None:
        """Load and warm up.

        Raises:
            Misconfigured: it cannot run here.
        """

    async def ask(self, question: Question) -> Answer:
        """Answer one question; cancelling the awaiting task aborts the work in the engine.

        Raises:
            Unavailable: the engine died or cannot take work now; the caller may ask again.
            Escalate: this question can never be answered (too long, refused, for a local engine only, for a
                model that it does not serve). The kind of reason stands before its colon; none of the post's
                text is in it.
            Exit: the engine is lost for good, and this process with it.
        """

    async def stop(self) -> None:
        """Free what it holds."""


class ContentArchive(Protocol):
    """Finds the event that published a version, while Kafka retains it."""

    async def fetch(self, source: Source) -> Published | Edited | None:
        """Return the event at this place of `content`; None if it is gone or is not a publication.

        Raises:
            Unavailable: the broker does not answer.
        """
