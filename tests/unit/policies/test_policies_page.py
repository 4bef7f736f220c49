"""docs/policies.md: what it tells people to write does hold together."""

import re
from pathlib import Path

from stream.core.policy import Action, Policy
from stream.core.policy.golden import parse_golden
from stream.core.policy.set_text import parse_set
from stream.core.policy.text import parse_policy, with_notices
from stream.ops.policies.pack import pack
from tests.unit.policies.sample import SHIPPED

PAGE = (Path(__file__).parents[3] / "docs" / "policies.md").read_text(encoding="utf-8")
DEFAULT = (Path(__file__).parents[3] / "policies" / "sets" / "default.toml").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)


def example() -> Policy:
    (policy,), (notices, _) = blocks("markdown"), blocks("toml")
    return with_notices(parse_policy(policy, "policy.md"), notices, "notices.toml")


def test_the_example_is_a_policy_with_notices_and_golden_cases() -> None:
    policy = example()

    (cases,) = blocks("json")
    assert len(parse_golden(cases, "tests.jsonl", policy)) == 2
    for clause in policy.clauses:
        assert not clause.violates or set(policy.notices[clause.id]) == set(policy.languages)


def test_the_example_can_be_put_into_a_copy_of_the_default_set() -> None:
    _, grant = blocks("toml")
    mine = DEFAULT.replace("[[routes]]", f"{grant}\n[[routes]]", 1).replace(
        "policies = [", 'policies = ["spoilers", '
    )
    mine = mine.replace('languages = ["en", "de", "es", "fr", "pt", "tr"]', 'languages = ["en", "de"]')

    def policy_of(policy_id: str) -> Policy:
        return example() if policy_id == "spoilers" else SHIPPED.policy(policy_id)

    mine_set = parse_set(mine, "mine.toml", "mine", [*SHIPPED.ids(), "spoilers"], policy_of)

    assert "spoilers" in mine_set.route("feed", "en").policies


def test_the_source_that_the_page_shows_can_be_imported_with_its_row(tmp_path: Path) -> None:
    (source,) = blocks("md")
    (row,) = re.findall(r"a row of its data: `(.*)`\.", PAGE)
    (tmp_path / "loud-noise").mkdir()
    (tmp_path / "loud-noise" / "policy.md").write_text(source, "utf-8")
    (tmp_path / "rows.jsonl").write_text(row, "utf-8")

    (packed,) = pack([tmp_path / "loud-noise", tmp_path / "rows.jsonl"], SHIPPED.root)

    assert packed.policy.id == "loud-noise"
    more = packed.imported.files["exemplars.jsonl"].splitlines()
    assert sum(map(len, packed.policy.examples)) + len(more) == 6
    assert packed.rows.cases == 1


def test_the_page_names_every_action() -> None:
    assert [action for action in Action if f"| `{action}` |" not in PAGE] == []
