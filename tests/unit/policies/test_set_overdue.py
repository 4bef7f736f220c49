"""A set says what becomes of a hold that people did not decide about: by default it stays."""

from collections.abc import Callable

import pytest

from stream.core.errors import PolicyInvalid
from stream.core.policy import Policy
from stream.core.policy.policy_set import PolicySet
from stream.core.policy.set_text import parse_set
from stream.core.step import Overdue
from tests.unit.policies.sample import POLICY, SET, line_of, policy

CALM = POLICY.replace("urgent = true\n", "")
OPEN = SET.replace('required_signals = ["media-hash"]\n', "")
NOTICE = '[deadlines.notice]\nen = "Nobody could check it in time."\n'
Edit = Callable[[str], str]


def load(lines: str, more: str = "", *, text: str = OPEN, of: str = CALM) -> PolicySet:
    """The sample set with more deadlines, of two policies of this text."""

    def named(name: str) -> Policy:
        return policy(lambda _text: of.replace('"rude"', f'"{name}"'))

    written = text.replace("[deadlines]\n", f"[deadlines]\n{lines}").replace(
        "[cascade]", f"{more}\n[cascade]"
    )
    return parse_set(written, "set.toml", "test", ["loud", "rude"], named)


def test_a_hold_stays_with_people_unless_the_set_says_otherwise() -> None:
    terms = load("").terms

    assert (terms.overdue, terms.policy_set, terms.overdue_notices) == (Overdue.HOLD, None, {})


def test_a_set_may_let_time_remove_and_then_tells_the_author() -> None:
    found = load('overdue = "remove"\n', NOTICE)

    assert found.terms.overdue is Overdue.REMOVE
    assert found.terms.policy_set == found.digest
    assert found.terms.overdue_notices == {"overdue:en": "Nobody could check it in time."}


def test_a_set_may_let_time_release_what_no_machine_doubted() -> None:
    assert load('overdue = "release"\n').terms.overdue is Overdue.RELEASE


FEW = CALM.replace("+++\n", "+++\nrestricted = true\n", 1)
FEW = FEW[: FEW.index("# EXAMPLES")] + FEW[FEW.index("# REVIEWERS") :]


@pytest.mark.parametrize(
    ("text", "of", "what"),
    [
        (OPEN, FEW, "time would release what policy `rude` restricts to few people"),
        (OPEN, CALM.replace("+++\n", "+++\nnever_clear = true\n", 1), "policy `rude` never clears unasked"),
        (OPEN, POLICY, "time would release what may put a life in danger by RU1.b of `rude`"),
        (SET, CALM, "time would release what lacks the signal `media-hash` that a route requires"),
    ],
    ids=["restricted", "never cleared", "urgent", "signals"],
)
def test_time_releases_nothing_that_somebody_must_look_at(text: str, of: str, what: str) -> None:
    with pytest.raises(PolicyInvalid) as caught:
        load('overdue = "release"\n', text=text, of=of)

    assert what in str(caught.value)
    assert (caught.value.file, caught.value.line) == ("set.toml", line_of(SET, "[deadlines]") + 1)


@pytest.mark.parametrize(
    ("lines", "more", "what", "line"),
    [
        ('overdue = "remove"\n', "", "its author would not be told why. Add [deadlines.notice]", 5),
        (
            'overdue = "remove"\n',
            '[deadlines.notice]\nen = " "\n',
            "an empty notice of a removal. Write it",
            9,
        ),
        ('overdue = "delete"\n', "", "Write `hold` or `", 5),
        ('overdo = "hold"\n', "", "unknown key `overdo`. Did you mean `overdue`?", 5),
    ],
)
def test_what_does_not_fit_is_one_error_with_file_and_line(
    lines: str, more: str, what: str, line: int
) -> None:
    with pytest.raises(PolicyInvalid) as caught:
        load(lines, more)

    assert what in str(caught.value)
    assert (caught.value.file, caught.value.line) == ("set.toml", line)
