"""How a rule is shown to people: what it does, whose it is, until when."""

from collections.abc import Sequence

from stream.cli.output import say
from stream.core.rules import Rule
from stream.ops.amounts import clock
from stream.ops.rule_trial import in_words


def show(rule: Rule, now: int, strange: Sequence[str]) -> None:
    """Two lines, and one more where it routes to policies that the set lacks: those in `strange`."""
    state = ("ended    ", "bold red") if rule.is_over(now) else ("in force ", "green")
    say(state, (f"{rule.name}  ", "bold"), f"{in_words(rule.then)}  until {clock(rule.until)}  {rule.owner}")
    say((f"         {rule.why}  {rule.file}", "dim"))
    if strange:
        say(("         the set lacks ", "yellow"), f"{', '.join(strange)}: passed over")
