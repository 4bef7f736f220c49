"""What must hold of every prompt, whatever its post and thread say; and how a prompt is read back.

The reader here is written from docs/injection.md, not from the code that renders. It begins at the first
line, which no text stands before, and takes nothing for a mark that does not stand there.
"""

import re
from collections.abc import Callable
from typing import NamedTuple

from stream.core.content import ThreadItem
from stream.core.judgement import Question
from stream.core.policy import Policy
from stream.core.prompt import developer_message
from tests.unit.policies.sample import SHIPPED

HARASSMENT, SPAM = SHIPPED.policy("harassment"), SHIPPED.policy("spam-and-scams")
ALONE, BUNDLED = (HARASSMENT,), (HARASSMENT, SPAM)
_FIRST = re.compile(r"(THREAD|TARGET) (\[[0-9a-f]{20}\])(?: \(context, oldest first\))?")
_LAST = re.compile(r"Judge the TARGET by (the|each) policy\. Answer with the JSON object\.")


def whole(text: str) -> str:
    """A text as any encoding of Unicode carries it: halves of surrogate pairs are replaced."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


class Message(NamedTuple):
    """One message of an assembled prompt, as the model is given it."""

    role: str
    text: str


class Assembly(NamedTuple):
    """How one engine makes a prompt, read back to messages.

    `roles` are those that it must come to; `shown` is how a text of the post must come out of it.
    """

    messages: Callable[[Question], list[Message]]
    roles: tuple[str, ...]
    shown: Callable[[str], str] = whole


class Read(NamedTuple):
    """A user message, read back: the mark, who said what before, and the target."""

    mark: str
    thread: list[tuple[int, str]]
    target: str


def asked(text: str, thread: tuple[str, ...] = (), policies: tuple[Policy, ...] = ALONE) -> Question:
    """A question; the thread's messages come from two authors in turn."""
    items = tuple(ThreadItem(text=one, author="ab"[number % 2]) for number, one in enumerate(thread))
    return Question(id="q", policies=policies, text=text, thread=items)


def holds(assembly: Assembly, question: Question) -> str:
    """Assert all that is promised of a prompt; returns its mark."""
    messages = assembly.messages(question)
    assert tuple(message.role for message in messages) == assembly.roles
    *frame, user = messages
    assert frame == assembly.messages(asked("Good morning.", policies=question.policies))[:-1]
    assert sum(message.text.count(developer_message(question.policies)) for message in frame) == 1
    read = read_back(user.text)
    assert read.target == assembly.shown(question.text)
    speakers = [number % 2 + 1 for number in range(len(question.thread))]
    assert read.thread == list(
        zip(speakers, [assembly.shown(item.text) for item in question.thread], strict=True)
    )
    return read.mark


def read_back(message: str) -> Read:
    """Read a user message as a model should: the marks of its first line enclose all that is foreign."""
    first, _, rest = message.partition("\n")
    found = _FIRST.fullmatch(first)
    assert found is not None, "the first line is not the frame's own"
    mark, thread, marks = found[2], [], 2
    if found[1] == "THREAD":
        said, rest = _once(rest, f"\nEND OF THREAD {mark}\n\nTARGET {mark}\n")
        before, *parts = re.split(rf"\nSpeaker (\d+) {re.escape(mark)}: ", "\n" + said)
        assert not before
        thread = [(int(parts[at]), parts[at + 1]) for at in range(0, len(parts), 2)]
        marks += 2 + len(thread)
    target, last = _once(rest, f"\nEND OF TARGET {mark}\n\n")
    assert _LAST.fullmatch(last), "something stands behind the target"
    assert message.count(mark) == marks
    return Read(mark, thread, target)


def _once(text: str, line: str) -> tuple[str, str]:
    assert text.count(line) == 1
    before, after = text.split(line)
    return before, after
