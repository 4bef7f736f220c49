"""A question as a chat request. Pure.

A server renders the chat with its model's template, and some (llama.cpp, which Ollama and LM Studio stand on)
read the result as one text, in which `<|end|><|start|>system` of a post becomes control tokens. So no mark of
a template is left in what is sent: its first bracket becomes the full-width one, which reads the same to a
model and is the same to the checks, since they compare quote and content in Unicode's NFKC form.
"""

import re
from enum import StrEnum
from typing import Any

import msgspec
from msgspec import Struct

from stream.adapters.openai.options import OpenAiOptions
from stream.core.judgement import Question
from stream.core.prompt import developer_message, user_message
from stream.core.result import answer_schema

# <|end|>, <start_of_turn>, </s>, [INST], [/INST] and their like, whichever model stands behind the server.
_MARK = re.compile(r"<(?=[|｜]|/?[A-Za-z0-9_]+>)|\[(?=/?[A-Za-z_]+\])")
_HARMLESS = {"<": "＜", "[": "［"}

TEXT = r'^([^"\\<\x00-\x1f\x7f]|<+[^"\\<|\x00-\x1f\x7f])*$'
"""A text of an answer: nothing that JSON must escape; no `<|` either, or a grammar takes marks for text."""

Message = dict[str, str]


_GREETING: tuple[Message, ...] = (
    {"role": "system", "content": 'Answer with the JSON object {"label": "safe", "rationale": ""}.'},
    {"role": "user", "content": "Good morning."},
)
_GREETED = {
    "type": "object",
    "properties": {"label": {"type": "string", "enum": ["safe"]}, "rationale": {"type": "string"}},
    "required": ["label", "rationale"],
    "additionalProperties": False,
}


class Form(StrEnum):
    """How a server holds an answer to its form, the strictest first."""

    JSON_SCHEMA = "json_schema"
    JSON_OBJECT = "json_object"
    NONE = "none"


class Chat(Struct, frozen=True):
    """The messages of one question, and what its answer is bound by."""

    messages: tuple[Message, ...]
    schema: dict[str, Any]
    output_tokens: int
    effort: str
    model: str
    warm: bool = False
    """Whether to draw at random instead of taking the likeliest."""


def chat_of(question: Question, options: OpenAiOptions, model: str) -> Chat:
    """Render one question; `model` is the server's own word for it."""
    return Chat(
        messages=(
            {"role": "system", "content": developer_message(question.policies)},
            {"role": "user", "content": without_marks(user_message(question))},
        ),
        schema=answer_schema(question.policies),
        output_tokens=options.output_tokens(question.effort, len(question.policies)),
        effort=question.effort.value,
        model=model,
        warm=question.draw > 0,
    )


def body_of(chat: Chat, options: OpenAiOptions, form: Form) -> bytes:
    """The request's bytes."""
    body: dict[str, Any] = {
        "model": chat.model,
        "messages": chat.messages,
        "temperature": 1 if chat.warm else 0,
        options.output_limit: chat.output_tokens,
    }
    if options.effort == "reasoning_effort":
        body["reasoning_effort"] = chat.effort
    elif options.effort == "chat_template_kwargs":
        body["chat_template_kwargs"] = {"reasoning_effort": chat.effort}
    if form is Form.JSON_SCHEMA:
        held = {"name": "result", "strict": True, "schema": _portable(chat.schema)}
        body["response_format"] = {"type": "json_schema", "json_schema": held}
    elif form is Form.JSON_OBJECT:
        body["response_format"] = {"type": "json_object"}
    if options.log_probabilities:
        body["logprobs"] = True
    return msgspec.json.encode(body)


def greeting(options: OpenAiOptions) -> Chat:
    """A chat that any server in order answers, and that holds nothing of anybody's."""
    return Chat(_GREETING, _GREETED, 32, "low", options.model)


def without_marks(text: str) -> str:
    """A text in which nothing is a mark of a chat template, and nothing that UTF-8 cannot hold."""
    return _MARK.sub(lambda mark: _HARMLESS[mark[0]], text).encode(errors="replace").decode()


def _portable(schema: Any) -> Any:  # noqa: ANN401 - a schema is any JSON
    """The same with texts that every server can hold an answer to; the checks hold it to the whole schema.

    No `maxLength`: hosted APIs refuse it, and xgrammar takes 27 s for one that it does not know yet. The
    bound on tokens stands in for it.
    """
    if isinstance(schema, dict):
        if schema.get("type") == "string" and "enum" not in schema:
            return {"type": "string", "pattern": TEXT}
        return {key: _portable(value) for key, value in schema.items()}
    return [_portable(value) for value in schema] if isinstance(schema, list) else schema
