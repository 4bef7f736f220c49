"""The error tree, classed by what a runner does when it meets one.

SluiceError
├── Retry                 try the same work again, after a pause
│   ├── Unavailable       a broker, engine or store that is not there now
│   ├── TransactionAborted  nothing of a transaction will be seen: rewind, run it again
│   └── ProducerLost      a transaction's outcome is unknown: new producer, re-read what is committed
│       └── ProducerFenced  its id was taken, or a transaction took too long: Kafka does not say which
├── Poison                the record can never be handled: dead letter, then go on
│   ├── Unreadable        it does not parse or breaks a bound of the contract
│   ├── Misrouted         its key is not its content id, or it lies in another partition
│   └── Oversized         what follows from it cannot be published at any size the topic takes
├── Escalate              a machine cannot answer: the content stays hidden and goes to people
└── Exit                  the process must end, with a message for its operator
    ├── Misconfigured     settings, topics or policies that cannot work
    │   └── BadInput       what a command was given: a name or file that is not there, or cannot be used
    │       └── PolicyInvalid  a policy file that does not hold together: file, line, what, how to mend it
    ├── Fenced            another process holds this one's identity
    └── Defect            a bug met at a record that the message names; the record is not lost
"""


def ended(sentence: str) -> str:
    """The sentence with its stop, unless it ends with a mark already."""
    return sentence if sentence.endswith((".", "?", "!", ":")) else f"{sentence}."


class SluiceError(Exception):
    """Any error that Sluice raises on purpose. Its text says what, where, and how to mend it."""


class Retry(SluiceError):
    """A passing fault: the same work may succeed later."""


class Unavailable(Retry):
    """A broker, engine or store that does not answer now."""


class TransactionAborted(Retry):
    """A transaction that failed as a whole: no reader will see any of it."""


class ProducerLost(Retry):
    """A transactional producer that can go no further; only a new one settles what it left behind."""


class ProducerFenced(ProducerLost):
    """A producer that the broker refuses for good: its id is in use elsewhere, or it took too long."""


class Poison(SluiceError):
    """A record that no number of tries will make readable or publishable."""


class Unreadable(Poison):
    """A record that does not parse, or breaks a bound of the contract."""


class Misrouted(Poison):
    """A record whose key is not its content id, or that lies in a partition its key does not hash to."""


class Oversized(Poison):
    """A record whose consequences are larger than the topic they must go to accepts."""


class Escalate(SluiceError):
    """A question that a machine could not answer; people must."""


class Exit(SluiceError):
    """A fault that this process cannot outlive."""


class Misconfigured(Exit):
    """Settings, topics or policies that cannot work, found at start or at a reload."""


class BadInput(Misconfigured):
    """A name or file that a person gave and that is not there, or cannot be used; says what is, or may be."""


class PolicyInvalid(BadInput):
    """A policy, set, notice, golden case or rule that cannot be used."""

    def __init__(self, file: str, line: int, what: str, mend: str) -> None:
        """Say where and what is wrong, and how to mend it; `line` counts from 1."""
        super().__init__(f"{file}:{line}: {ended(what)} {ended(mend)}")
        self.file = file
        self.line = line
        self.what = what
        self.mend = mend


class Fenced(Exit):
    """Another live process holds this one's group instance or transactional id."""


class Defect(Exit):
    """A bug of ours, met at a record that the message names. Its position is not committed."""
