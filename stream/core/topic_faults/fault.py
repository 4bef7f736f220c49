"""One thing that is wrong, said to whoever can mend it."""

from msgspec import Struct

from stream.core.topics import Topic


class Fault(Struct, frozen=True):
    """One thing that is wrong with some topics or, without any, with the brokers.

    `grave`: nothing may start with it; else it is a hint.
    """

    topics: tuple[str, ...]
    what: str
    mend: str
    grave: bool = True

    @property
    def where(self) -> str:
        """In words, what it is about."""
        if not self.topics:
            return "brokers"
        if len(self.topics) == len(Topic):
            return "every topic"
        return f"topic{'s' * (len(self.topics) > 1)} {', '.join(self.topics)}"

    def __str__(self) -> str:
        return f"{self.where}: {self.what}. {self.mend}"
