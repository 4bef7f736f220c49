"""docs/lint.md says what the code does."""

import re
import tomllib
from pathlib import Path

from stream.ops.policies.lint import RULES, Finding
from stream.ops.policies.lint.silences import read_silences

PAGE = (Path(__file__).parents[4] / "docs" / "lint.md").read_text("utf-8")


def test_the_page_has_every_rule_as_the_code_has_it_and_no_other() -> None:
    told = re.findall(r"^\| (`[a-z-]+` \| (?:error|warning) \| .* \| .*) \|$", PAGE, re.MULTILINE)
    assert sorted(told) == sorted(f"`{rule.id}` | {rule.level} | {rule.why} | {rule.mend}" for rule in RULES)


def test_the_page_names_every_field_of_a_finding() -> None:
    assert [field for field in Finding.__struct_fields__ if f"`{field}`" not in PAGE] == []


def test_the_silence_on_the_page_is_one_of_the_shipped_ones() -> None:
    (block,) = re.findall(r"^```toml\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)
    (shown,) = read_silences(block, "docs/lint.md").silence
    shipped = tomllib.loads((Path(__file__).parents[4] / "policies" / "lint.toml").read_text("utf-8"))
    assert shown.reason in {one["reason"] for one in shipped["silence"]}
