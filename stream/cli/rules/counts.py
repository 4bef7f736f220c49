"""What a rule would have taken: for people, and for scripts."""

from collections.abc import Sequence
from typing import Any

from stream.cli.output import say
from stream.ops.amounts import clock, count
from stream.ops.rule_trial import Count, in_words

_SHOWN = 6


def told(found: Count, posts: int, *, show_text: bool) -> dict[str, Any]:
    """One rule's counts over so many posts, as one object."""
    return {
        "rule": found.rule.name,
        "does": in_words(found.rule.then),
        "posts": posts,
        "hits": found.hits,
        "surfaces": found.surfaces,
        "languages": found.languages,
        "authors": len(found.authors),
        "share_of_first_author": round(found.share(1), 4),
        "share_of_first_five": round(found.share(5), 4),
        "examples": [taken.told(show_text=show_text) for taken in found.examples],
    }


def show(found: Count, posts: int, since: int, *, show_text: bool) -> None:
    """The same as lines; `since` in ms since 1970."""
    share = f"{found.hits / posts:.2%}" if posts else "none"
    say(
        (found.rule.name, "bold"),
        f"  would have taken {found.hits:,} of {count(posts, 'post')} since {clock(since)} ({share}): ",
        (in_words(found.rule.then), "yellow"),
    )
    if not found.hits:
        return
    say(("  surfaces   ", "dim"), _list(found.surfaces.most_common()))
    say(("  languages  ", "dim"), _list(found.languages.most_common()))
    shares = f"the first wrote {found.share(1):.0%}, the first five {found.share(5):.0%}"
    say(("  authors    ", "dim"), f"{len(found.authors):,}; {shares}" if found.authors else "none named")
    for taken in found.examples:
        told = taken.told(show_text=show_text)
        place = f"{told['surface']} {told['language'] or ''}"
        say(f"  {told['id']} v{told['version']}  ", (f"{clock(taken.at)}  {place}  ", "dim"), told["text"])
        say((f"    {told['fingerprint']}", "dim"))


def _list(numbers: Sequence[tuple[str, int]]) -> str:
    rest = f", {len(numbers) - _SHOWN} more" if len(numbers) > _SHOWN else ""
    return ", ".join(f"{name} {number:,}" for name, number in numbers[:_SHOWN]) + rest
