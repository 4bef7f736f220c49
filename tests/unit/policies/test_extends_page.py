"""docs/extends.md: the policy that it shows extends the one of docs/policies.md and holds together."""

import re
from pathlib import Path

from stream.core.control.promotion import CarriedFiles
from stream.core.policy import Action
from stream.core.policy.inherited_front import STRICTER
from stream.core.policy.lineage import load_policy

DOCS = Path(__file__).parents[3] / "docs"
PAGE = (DOCS / "extends.md").read_text(encoding="utf-8")


def block(page: str) -> str:
    (found,) = re.findall(r"^```markdown\n(.*?)^```$", page, re.DOTALL | re.MULTILINE)
    return str(found)


def test_the_example_extends_the_other_pages_policy() -> None:
    parent = block((DOCS / "policies.md").read_text(encoding="utf-8"))
    files = CarriedFiles({"spoilers/policy.md": parent, "spoilers-live/policy.md": block(PAGE)})

    policy = load_policy("spoilers-live", files).policy

    assert policy.extends == ("spoilers@1.0",)
    assert policy.clause_ids == ("SL1.a", "SL1.b", "SL2.a", "LS1")
    assert policy.clauses[1].actions == ((2, Action.REMOVE),)
    assert policy.high_impact


def test_the_page_names_every_flag_that_may_only_become_stricter() -> None:
    assert [flag for flag in STRICTER if f"`{flag}`" not in PAGE] == []
