"""Text of unknown origin, made safe to print: it can neither command a terminal nor imitate another line."""


def printable(text: str) -> str:
    """The text with every character that is not plainly visible as its escape (`\\x1b`, `\\u202e`)."""
    return "".join(one if one.isprintable() else one.encode("unicode_escape").decode() for one in text)
