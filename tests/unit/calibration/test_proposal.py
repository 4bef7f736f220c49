"""A proposal: what it grants, how it shares out the chance to be wrong, and how it is written into a set."""

import tomllib
from collections import Counter
from collections.abc import Callable
from difflib import ndiff

import pytest
from msgspec.structs import replace
from numpy.random import default_rng

from stream.core.errors import PolicyInvalid
from stream.core.policy import Autonomy
from stream.core.policy.policy_set import PolicySet
from stream.core.policy.set_text import parse_set
from stream.core.template import template_digest
from stream.ops.calibration.edit import with_proposal
from stream.ops.calibration.proposal import Aim, Proposal, attempts, proposals
from stream.ops.calibration.row import Row
from tests.unit.calibration.rows import BASIS, LOW, posts, removals
from tests.unit.policies.sample import SET, named

AIM = Aim(precision=0.95, misses=0.05)
WHO = ("ana", "2026-11-23")
EARNED = SET.replace(
    '[policies.rude]\nautonomy = "remove"\nuncalibrated = "a test"',
    '[policies.rude]\nautonomy = "recommend"  # for now',
)
POLICY = named("rude")
TEMPLATE = template_digest((POLICY,))


def own(rows: list[Row]) -> list[Row]:
    """The rows as this policy's, under its present text."""
    high, low = (replace(one, policy=POLICY.digest, template=TEMPLATE) for one in (BASIS, LOW))
    return [replace(row, policy="rude", basis=high if row.basis == BASIS else low, first=low) for row in rows]


def parsed(text: str) -> PolicySet:
    return parse_set(text, "set.toml", "test", ["loud", "rude"], named)


def proposed(rows: list[Row], text: str = EARNED) -> Proposal:
    (found,) = proposals(own(rows), Counter(rude=5_000), parsed(text), ["rude"], AIM, WHO)
    return found


SOUND = list(removals(default_rng(1), 900, 0.005, random=False))
FEW = list(removals(default_rng(1), 50, 0.0, random=False))


def test_a_sound_model_is_proposed_to_remove_alone_and_no_more() -> None:
    found = proposed(SOUND)

    assert (found.before, found.autonomy) == (Autonomy.RECOMMEND, Autonomy.REMOVE)
    assert found.calibration is not None
    assert (found.calibration.policy, found.calibration.attempt) == (POLICY.digest, 1)
    assert found.calibration.remove is not None
    assert found.calibration.release is None


def test_too_few_rows_leave_everything_as_it_is() -> None:
    found = proposed(FEW)

    assert (found.autonomy, found.calibration) == (Autonomy.RECOMMEND, None)
    assert with_proposal(EARNED, "set.toml", found) == EARNED


def test_a_bound_on_what_is_released_grants_nothing_more() -> None:
    found = proposed([replace(one, flagged=False) for one in posts(default_rng(3), 3_000, 0.3, 0.0)])

    assert found.calibration is not None
    assert found.calibration.release is not None
    assert found.calibration.release.effort is LOW.effort


def test_the_chance_to_be_wrong_is_shared_over_policies_goals_and_all_attempts() -> None:
    one, again = AIM.goals(1, 1), AIM.goals(1, 2)
    assert one[0].alpha == pytest.approx(0.05 / 4)
    assert again[0].alpha == pytest.approx(0.05 / 12)
    spent = sum(goal.alpha for number in range(1, 5_000) for goal in AIM.goals(7, number)) * 7
    assert spent < 0.05
    assert spent == pytest.approx(0.05, abs=1e-4)


def test_a_later_attempt_at_the_same_text_counts_on_and_at_another_text_begins_again() -> None:
    written = parsed(with_proposal(EARNED, "set.toml", proposed(SOUND)))

    assert attempts(written, "rude") == 1
    assert proposed(SOUND, with_proposal(EARNED, "set.toml", proposed(SOUND))).attempt == 2
    old = {"rude": replace(written.calibrations["rude"], policy="sha256:" + "0" * 64)}
    assert attempts(replace(written, calibrations=old), "rude") == 0


def test_it_is_written_beside_its_policy_and_every_other_line_stays() -> None:
    text = with_proposal(EARNED, "set.toml", proposed(SOUND))

    found = parsed(text)
    assert found.autonomy["rude"] is Autonomy.REMOVE
    assert found.calibrations["rude"] == proposed(SOUND).calibration
    changes = [line for line in ndiff(EARNED.splitlines(), text.splitlines()) if line.startswith("- ")]
    assert changes == ['- autonomy = "recommend"  # for now']
    assert 'autonomy = "remove"  # for now' in text
    assert text.index("[policies.rude.calibration.remove]") < text.index("[policies.loud]")


def test_writing_it_again_replaces_what_stood_there() -> None:
    once = with_proposal(EARNED, "set.toml", proposed(SOUND))
    later = replace(proposed(SOUND, once), attempt=2)
    twice = with_proposal(once, "set.toml", later)

    assert parsed(twice).calibrations["rude"].attempt == 2
    assert twice.count("[policies.rude.calibration]") == 1
    assert twice.replace("attempt = 2", "attempt = 1").count("\n") == once.count("\n")


def test_what_was_granted_without_measure_is_measured_then() -> None:
    text = with_proposal(SET, "set.toml", proposed(SOUND, SET))

    assert "uncalibrated" not in text
    assert parsed(text).autonomy["rude"] is Autonomy.REMOVE


def move(text: str) -> str:
    """The policy's table as the last lines of the file, without a line end."""
    table = '[policies.rude]\nautonomy = "recommend"  # for now\n'
    return text.replace(table, "") + "\n" + table.rstrip("\n")


EDITS: dict[str, Callable[[str], str]] = {
    "quoted": lambda text: text.replace("[policies.rude]", '[policies."rude"]'),
    "without a grant": lambda text: text.replace('autonomy = "recommend"  # for now\n', ""),
    "with a cap": lambda text: text.replace("# for now\n", "# for now\nremovals_an_hour = 5  # few\n"),
    "with Windows' line ends": lambda text: text.replace("\n", "\r\n"),
    "at the end of the file": move,
}


@pytest.mark.parametrize("form", EDITS)
def test_any_table_of_a_policy_can_take_it(form: str) -> None:
    before = EDITS[form](EARNED)
    after = with_proposal(before, "set.toml", proposed(SOUND, before))

    old, new = tomllib.loads(before), tomllib.loads(after)
    assert new["policies"]["rude"].pop("calibration")["attempt"] == 1
    assert new["policies"]["rude"].pop("autonomy") == "remove"
    old["policies"]["rude"].pop("autonomy", None)
    assert new == old


def test_a_policy_without_a_table_of_its_own_is_refused_with_its_line() -> None:
    inline = EARNED.replace('[policies.rude]\nautonomy = "recommend"  # for now\n', "") + "\n[policies]\n"
    dotted = inline + 'rude.autonomy = "recommend"\n'
    with pytest.raises(
        PolicyInvalid, match=r"policy `rude` has no table of its own. Write \[policies.rude\]"
    ):
        with_proposal(dotted.replace("[policies.loud]\n", ""), "set.toml", proposed(SOUND))
