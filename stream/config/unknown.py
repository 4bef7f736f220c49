"""A key that does not exist: which part of it, and the nearest name that does. Pure."""

from difflib import get_close_matches

from stream.config.keys import Key, dotted, leaves, names_in, sections


def fault_of(key: Key) -> str:
    """Say what is wrong with a key that takes no value."""
    if key in sections():
        return f"`{dotted(key)}` is a section: write [{dotted(key)}]"
    depth = next(n for n in range(len(key), -1, -1) if key[:n] in sections())
    section, wrong = key[:depth], key[: depth + 1]
    if wrong in leaves():
        return f"`{dotted(wrong)}` is one value, not a section"
    return f"unknown key `{dotted(wrong)}`: {_advice(section, wrong[-1])}"


def _advice(section: Key, wrong: str) -> str:
    if close := get_close_matches(wrong, names_in(section), n=1):
        return f"did you mean `{dotted((*section, close[0]))}`?"
    if elsewhere := [dotted(key) for key in leaves() if key[-1] == wrong]:
        return f"did you mean `{elsewhere[0]}`?"
    return "valid here: " + ", ".join(f"`{name}`" for name in names_in(section))
