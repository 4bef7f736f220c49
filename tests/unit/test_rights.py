"""What each process asks for at its start is what docs/install.md and deploy/strimzi/users.yaml say."""

import re
from pathlib import Path

import pytest
import yaml

from stream.core.rights import RIGHTS
from stream.core.topics import Topic

ROOT = Path(__file__).parents[2]
USERS = {
    user["metadata"]["name"]: user
    for user in yaml.safe_load_all((ROOT / "deploy" / "strimzi" / "users.yaml").read_text())
}
SHADOW = RIGHTS["shadow"]


def row(process: str) -> list[set[str]]:
    """The names in the first three cells of a process's row in the table of rights."""
    (line,) = re.findall(
        rf"^\| {process} \|(.+)\|$", (ROOT / "docs" / "install.md").read_text(), re.MULTILINE
    )
    return [set(re.findall(r"`([^`]+)`", cell)) for cell in line.split("|")[:3]]


def allowed(kind: str, operation: str, user: str = "sluice") -> set[str]:
    acls = USERS[user]["spec"]["authorization"]["acls"]
    return {
        acl["resource"]["name"]
        for acl in acls
        if "name" in acl["resource"] and acl["resource"]["type"] == kind and operation in acl["operations"]
    }


@pytest.mark.parametrize("process", RIGHTS)
def test_the_table_for_operators_says_what_a_process_asks_for(process: str) -> None:
    rights = RIGHTS[process]
    assert row(process) == [set(rights.reads), set(rights.writes), set(rights.groups)]


def test_the_one_user_may_do_what_any_process_does_but_the_shadow() -> None:
    own = {group for rights in RIGHTS.values() for group in rights.groups if rights is not SHADOW}
    assert allowed("group", "Read") == own
    assert allowed("topic", "Create") == allowed("topic", "DescribeConfigs") == set(Topic)


def test_the_shadow_s_user_may_write_to_audit_alone_and_the_analyst_nowhere() -> None:
    assert set(SHADOW.writes) == allowed("topic", "Write", "sluice-shadow") == {Topic.AUDIT}
    assert allowed("topic", "Read", "sluice-shadow") == set(SHADOW.reads)
    assert allowed("group", "Read", "sluice-shadow") == set(SHADOW.groups)
    assert allowed("topic", "Write", "sluice-analyst") == set()
