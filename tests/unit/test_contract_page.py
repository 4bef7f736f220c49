"""docs/contract.md says what the code does: its figures, its tables and its Python are checked here."""

import ast
import importlib
import json
import re
from hashlib import sha256
from pathlib import Path

import pytest

from stream.core import fields
from stream.core.content import digest_of
from stream.core.murmur2 import partition_of
from stream.core.terms import Decision, LabelKind
from stream.core.topics import COMPACTION_LAG, DAY, MEGABYTE, SPECS
from stream.core.wire import read_content
from stream.ops.schemas.catalogue import CHANNELS, Channel, type_of

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "contract.md").read_text("utf-8")
PICTURE = "sha256:" + sha256(b"picture").hexdigest()


def _blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)


def test_the_digests_that_are_worked_out_hold() -> None:
    text = "Selling my bike, 120 €."
    for line in (
        f"| `{text}` | none | `{digest_of(text)}` |",
        f"| the same | the seven bytes `picture`: `{PICTURE}` | `{digest_of(text, [PICTURE])}` |",
    ):
        assert line in PAGE


def test_the_pages_own_digest_function_gives_the_librarys_digests() -> None:
    # Given the function as it stands in the page
    (source,) = [block for block in _blocks("python") if "def digest_of" in block]
    names: dict[str, object] = {}
    exec(source, names)
    theirs = names["digest_of"]
    # Then it agrees with ours
    assert callable(theirs)
    for text, attachments in (("", []), ("Selling my bike, 120 €.", [PICTURE, PICTURE])):
        assert theirs(text, attachments) == digest_of(text, attachments)


def test_whatever_the_page_imports_from_the_library_is_there() -> None:
    imports = [
        node
        for block in _blocks("python")
        for node in ast.walk(ast.parse(block))
        if isinstance(node, ast.ImportFrom) and node.module is not None
    ]
    assert any(node.module == "stream.client" for node in imports)
    for node in imports:
        module = importlib.import_module(str(node.module))
        assert all(hasattr(module, alias.name) for alias in node.names)


def test_the_partitions_to_compare_with_hold() -> None:
    named = re.search(
        r"`post-1` lies in partition (\d+) of 12, key `post-2` in (\d+), key `post-3` in (\d+)", PAGE
    )
    assert named is not None
    expected = [partition_of(f"post-{n}".encode(), 12) for n in (1, 2, 3)]
    assert [int(number) for number in named.groups()] == expected


def test_the_example_record_is_read_by_the_gate() -> None:
    (record,) = _blocks("json")
    assert read_content(record.encode()).id == json.loads(record)["id"]


@pytest.mark.parametrize("channel", CHANNELS, ids=lambda channel: channel.topic.value)
def test_each_topics_row_says_what_the_broker_is_told(channel: Channel) -> None:
    spec = SPECS[channel.topic]
    kept = "last record of each key" if spec.compacted else f"{spec.retention // DAY} days"
    size = f"{spec.max_bytes // MEGABYTE} MiB"
    senders, receivers = ", ".join(channel.senders), ", ".join(channel.receivers)
    assert f"| `{channel.topic}` | {senders} | {receivers} | {kept} | {size} |" in PAGE


def test_every_event_that_apps_send_or_read_is_named() -> None:
    named = [
        type_of(event)
        for channel in CHANNELS
        if "apps" in (*channel.senders, *channel.receivers)
        for event in channel.events
    ]
    assert [name for name in named if name.split(".v1")[0] not in PAGE] == []


def test_every_decision_and_label_is_explained() -> None:
    said = [decision.value for decision in Decision if decision is not Decision.UNKNOWN]
    assert [word for word in (*said, *LabelKind) if f"`{word}`" not in PAGE] == []


def test_the_bounds_are_those_of_the_decoder() -> None:
    assert f"| `text` | {fields.MAX_TEXT:,} characters" in PAGE
    assert f"| `thread` | {fields.MAX_THREAD} items of {fields.MAX_THREAD_TEXT:,} characters |" in PAGE
    named = f"{fields.MAX_POLICIES}, {fields.MAX_CLAUSES} and {fields.MAX_CLAUSES}"
    assert f"| `policies`, `clauses`, `labels` | {named} |" in PAGE
    assert f"compaction lets a record stand for {COMPACTION_LAG // 1000} s" in PAGE


def test_every_link_leads_to_a_file() -> None:
    links = re.findall(r"\]\((?!#|http)([^)#]+)", PAGE)
    assert links
    assert [link for link in links if not (ROOT / "docs" / link).exists()] == []
