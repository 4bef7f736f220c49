"""Each engine's prompt assembly, as a function in a table; vLLM's token ids stand in tests/vllm."""

from stream.core.judgement import Question
from stream.core.prompt import developer_message, user_message
from tests.injection.frames import Assembly, Message, whole


def text(question: Question) -> list[Message]:
    """The prompt as text, which every engine begins with."""
    developer, user = developer_message(question.policies), user_message(question)
    return [Message("developer", developer), Message("user", whole(user))]


ASSEMBLIES = {"text": Assembly(text, ("developer", "user"))}
