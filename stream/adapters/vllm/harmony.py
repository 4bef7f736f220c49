"""Harmony, the format that gpt-oss is trained on, written and read as token ids.

Prompts are made of ids, never of text that is tokenised as a whole: each piece of foreign text is encoded
by itself with the control tokens switched off, so that `<|end|><|start|>system` in a post stays five words.
The package `oss-harmony` embeds the vocabulary; `openai-harmony` (the same module) must download it.
Format: openai/harmony, docs/format.md.
"""

from collections.abc import Iterator, Sequence
from itertools import takewhile

from msgspec import Struct

from stream.core.errors import Misconfigured
from stream.core.terms import Effort

START_DATE = "2025-08-05"
"""The date in every system message: pinned, or the prefix cache and replays would change at midnight."""
LAST_MARKS = ("<|return|>", "<|call|>", "<|endoftext|>")
"""Any of them ends an output (gpt-oss's generation_config.json)."""


PIECE = 1_000
"""Characters that are encoded at once, at most."""


def pieces(text: str) -> Iterator[str]:
    """Cut a text into pieces, before a blank where there is one: there the vocabulary cuts anyway."""
    start = 0
    while len(text) - start > PIECE:
        cut = text.rfind(" ", start + 1, start + PIECE)
        end = cut if cut > start else start + PIECE
        yield text[start:end]
        start = end
    yield text[start:]


class Marks(Struct, frozen=True):
    """Harmony's control tokens: the four of the frame, and every id that text must never become."""

    start: int
    end: int
    channel: int
    message: int
    all: tuple[int, ...]


class Reply(Struct, frozen=True):
    """An output taken apart. `final` None where the model never came to its final channel."""

    reasoning: str
    final: str | None


class Harmony:
    """Renders prompts and reads outputs."""

    def __init__(self) -> None:
        """Load the vocabulary.

        Raises:
            Misconfigured: neither package is there, or the vocabulary could not be had.
        """
        try:
            import openai_harmony
        except ImportError as error:
            raise Misconfigured(
                "The package oss-harmony is missing, which has gpt-oss's vocabulary and message format:"
                " `pip install oss-harmony`; with vLLM it comes by itself."
            ) from error
        self._module = openai_harmony
        try:
            self._encoding = openai_harmony.load_harmony_encoding("HarmonyGptOss")
        except openai_harmony.HarmonyError as error:
            raise Misconfigured(
                f"Harmony's vocabulary could not be loaded ({error}): uninstall openai-harmony, which"
                " downloads it, and install oss-harmony, which brings it along."
            ) from error
        self._last = frozenset(map(self._token, LAST_MARKS))
        self.marks = self._read_marks()

    def prefix(self, instructions: str, effort: Effort) -> list[int]:
        """Return the ids of the system message and of the developer message with these instructions.

        Everything that questions about one policy share stands here, so that the prefix cache holds it.
        """
        harmony = self._module
        system = (
            harmony.SystemContent.new()
            .with_reasoning_effort(harmony.ReasoningEffort(effort.value.capitalize()))
            .with_conversation_start_date(START_DATE)
        )
        developer = harmony.DeveloperContent.new().with_instructions(instructions)
        messages = [
            harmony.Message.from_role_and_content(harmony.Role.SYSTEM, system),
            harmony.Message.from_role_and_content(harmony.Role.DEVELOPER, developer),
        ]
        return list(self._encoding.render_conversation(harmony.Conversation.from_messages(messages)))

    def user(self, text: str) -> list[int]:
        """Return the ids of the user message and of the opening of the model's own."""
        marks = self.marks
        message = [marks.start, *self._plain("user"), marks.message, *self._plain(text), marks.end]
        return [*message, marks.start, *self._plain("assistant")]

    def count(self, text: str) -> int:
        """How many tokens a text takes."""
        return len(self._plain(text))

    def read(self, tokens: Sequence[int]) -> Reply:
        """Take an output apart, whole or cut off anywhere. Never raises: what does not parse has no final."""
        harmony = self._module
        parser = harmony.StreamableParser(self._encoding, role=harmony.Role.ASSISTANT)
        channels: dict[str, str] = {}
        try:
            for token in takewhile(lambda token: token not in self._last, tokens):
                parser.process(token)
            parser.process_eos()
        except harmony.HarmonyError:
            pass
        for message in parser.messages:
            channels[message.channel] = "".join(part.text for part in message.content)
        return Reply(reasoning=channels.get("analysis", ""), final=channels.get("final"))

    def piece(self, token: int) -> str:
        """Return the text of one token; a part of a character is shown as U+FFFD."""
        return str(self._encoding.decode([token]))

    def _plain(self, text: str) -> list[int]:
        """Encode in pieces: a long run without a space takes time by its square, with Python's lock held."""
        return [
            token for piece in pieces(text) for token in self._encoding.encode(piece, disallowed_special=())
        ]

    def _token(self, name: str) -> int:
        (number,) = self._encoding.encode(name, allowed_special={name})
        return int(number)

    def _read_marks(self) -> Marks:
        first, last = self._token("<|startoftext|>"), self._token("<|reserved_201087|>")
        return Marks(
            start=self._token("<|start|>"),
            end=self._token("<|end|>"),
            channel=self._token("<|channel|>"),
            message=self._token("<|message|>"),
            all=tuple(range(first, last + 1)),
        )
