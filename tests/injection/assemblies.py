"""Each engine's prompt assembly, as a function in a table; vLLM's token ids stand in tests/vllm."""

import json

from stream.adapters.openai.options import OpenAiOptions
from stream.adapters.openai.request import Form, body_of, chat_of, without_marks
from stream.core.judgement import Question
from stream.core.prompt import developer_message, user_message
from tests.injection.frames import Assembly, Message, whole


def text(question: Question) -> list[Message]:
    """The prompt as text, which every engine begins with."""
    developer, user = developer_message(question.policies), user_message(question)
    return [Message("developer", developer), Message("user", whole(user))]


def openai(question: Question) -> list[Message]:
    """The messages of a request to a model server, out of its bytes."""
    body = json.loads(body_of(chat_of(question, _SERVER, "m"), _SERVER, Form.JSON_SCHEMA))
    return [Message(one["role"], one["content"]) for one in body["messages"]]


_SERVER = OpenAiOptions(base_url="http://127.0.0.1:8000/v1", model="m")
ASSEMBLIES = {
    "text": Assembly(text, ("developer", "user")),
    "openai": Assembly(openai, ("system", "user"), without_marks),
}
