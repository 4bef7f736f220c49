"""The bounded field types of the contract, shared by every event.

Times are milliseconds since 1970-01-01 UTC, as Kafka's own record timestamps are.
The `$(?!\\n)` in patterns closes Python's loophole of `$` matching before a last newline; readers in
other languages see an ordinary end of input.
"""

import re
from typing import Annotated

from msgspec import Meta

MAX_TEXT = 32_768
MAX_THREAD = 16
MAX_THREAD_TEXT = 4_096
MAX_NOTE = 1_000
MAX_PSEUDONYM = 128
MAX_POLICIES = 32
MAX_CLAUSES = 128
"""What so many policies can cite: each answer names four clauses at most."""
MAX_RULES = 64

_CONTENT_ID = r"^[A-Za-z0-9][A-Za-z0-9._~:/@+=%#-]{0,199}$(?!\n)"

ContentId = Annotated[
    str,
    Meta(
        pattern=_CONTENT_ID,
        max_length=200,
        description="The app's own id of one piece of content; also the key of every record about it.",
    ),
]
Version = Annotated[
    int,
    Meta(ge=1, le=9_007_199_254_740_991, description="Grows with each edit; exact in JavaScript's numbers."),
]
KnownVersion = Annotated[
    int,
    Meta(ge=0, le=9_007_199_254_740_991, description="As Version; 0 where no readable event ever named one."),
]
Digest = Annotated[
    str,
    Meta(
        pattern=r"^sha256:[0-9a-f]{64}$(?!\n)",
        description="sha256 of the text's UTF-8 bytes, then of 0xFF and each attachment's digest in order.",
    ),
]
Millis = Annotated[int, Meta(ge=0, le=253_402_300_799_999, description="Milliseconds since 1970, UTC.")]
CaseId = Annotated[
    str,
    Meta(
        pattern=r"^[a-z][0-9]{1,9}-[0-9]{1,19}$(?!\n)", description="Where the opening event lies in Kafka."
    ),
]
Name = Annotated[
    str,
    Meta(pattern=r"^[a-z0-9][a-z0-9._/-]{0,127}$(?!\n)", max_length=128, description="A lower-case name."),
]
Policies = Annotated[tuple[Name, ...], Meta(max_length=MAX_POLICIES, description="Policies by their ids.")]
Clauses = Annotated[
    tuple[Name, ...],
    Meta(max_length=MAX_CLAUSES, description="Clauses of policies, such as `harassment/hr1.a`."),
]
Rules = Annotated[
    tuple[Name, ...], Meta(max_length=MAX_RULES, description="Operators' rules by their names.")
]
Count = Annotated[
    int, Meta(ge=0, le=2_147_483_647, description="A sum of millions is exact in JavaScript's numbers too.")
]
Pseudonym = Annotated[
    str,
    Meta(
        min_length=1,
        max_length=MAX_PSEUDONYM,
        description="A stable id that names no person outside the app.",
    ),
]
Language = Annotated[
    str, Meta(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}$(?!\n)", description="BCP 47 language tag.")
]
Jurisdiction = Annotated[
    str, Meta(pattern=r"^[A-Z]{2}(-[A-Z0-9]{1,3})?$(?!\n)", description="ISO 3166 country or subdivision.")
]
Text = Annotated[str, Meta(max_length=MAX_TEXT)]
ThreadText = Annotated[str, Meta(max_length=MAX_THREAD_TEXT)]
Note = Annotated[str, Meta(max_length=MAX_NOTE, description="Short words for people; never a post's text.")]
Statement = Annotated[str, Meta(max_length=4_000, description="What a reporter or appellant wrote.")]


def is_content_id(text: str) -> bool:
    """Whether this could be the id of content."""
    return _content_id(text) is not None


def as_name(text: str) -> str:
    """Whatever a model or a server is called, in a Name's letters; empty where nothing of it is left."""
    return re.sub(r"[^a-z0-9._/-]+", "-", text.lower()).strip("._/-")[:128]


_content_id = re.compile(_CONTENT_ID).search
