"""The fingerprint of a text: equal for texts that differ only in case, width, spacing and invisible marks.

It keeps diacritics, punctuation and emoji: each can change what is said.
"""

import re
from hashlib import sha256

from stream.core.written import plain

_BLANKS = re.compile(r"\s+")


def fingerprint(text: str) -> str:
    """The digest of a text brought to one form.

    Args:
        text: as somebody wrote it.

    Returns:
        `fp1:` and 64 lower-case hexadecimal digits. The number changes when the form does.
    """
    form = plain(plain(text).casefold())
    return "fp1:" + sha256(_BLANKS.sub(" ", form).strip().encode("utf-8", "replace")).hexdigest()
