"""The contract's documents say what the code does, and are committed as generated."""

import importlib
import pkgutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator
from msgspec import Struct
from msgspec.json import decode

import stream.core
from stream.core.case import ReviewClosed, ReviewTask
from stream.core.topics import SPECS, Topic
from stream.core.wire import TOPIC_OF, encode
from stream.ops.schemas.catalogue import CHANNELS, EVENTS, type_of
from stream.ops.schemas.documents import ASYNCAPI, documents, write
from stream.ops.schemas.examples import EXAMPLES
from stream.ops.schemas.json_schema import json_schema, payload

COMMITTED = Path(__file__).parents[3] / "schemas"

every_event = pytest.mark.parametrize("event", EVENTS, ids=type_of)


def test_the_committed_documents_are_those_that_the_event_types_give() -> None:
    # Given what is committed
    committed = {path.name: path.read_text("utf-8") for path in COMMITTED.iterdir() if path.is_file()}
    # When they are generated anew
    generated = documents()
    # Then nothing differs
    different = [
        name for name in committed.keys() | generated.keys() if committed.get(name) != generated.get(name)
    ]
    assert not different, f"{different} differ from the event types: run `make schemas` and commit the result"


def test_generating_twice_gives_the_same_bytes() -> None:
    assert documents() == documents()


def test_writing_removes_the_schema_of_a_type_that_is_gone(tmp_path: Path) -> None:
    # Given a folder with a schema of a type that no longer exists
    (tmp_path / "content.invented.v1.json").write_text("{}")
    # When the documents are written
    written = write(tmp_path)
    # Then only those of today are there
    assert sorted(tmp_path.iterdir()) == sorted(written)


def test_every_event_type_of_the_core_is_in_the_catalogue() -> None:
    # Given every tagged struct of the core
    modules = [
        importlib.import_module(f"stream.core.{module.name}")
        for module in pkgutil.iter_modules(stream.core.__path__)
    ]
    tagged = {
        value
        for module in modules
        for value in vars(module).values()
        if isinstance(value, type) and issubclass(value, Struct) and value.__struct_config__.tag is not None
    }
    # Then the catalogue names it, and nothing else
    assert tagged - _parents() == set(EVENTS)


def test_the_catalogue_agrees_with_where_the_lifecycle_publishes() -> None:
    where = {(event, channel.topic) for channel in CHANNELS for event in channel.events}
    assert set(TOPIC_OF.items()) <= where
    few = Topic.CASES_REVIEW_RESTRICTED
    assert {event for event, topic in where if topic is few} == {ReviewTask, ReviewClosed}


def test_every_topic_but_the_memories_of_gate_and_ledger_has_a_channel() -> None:
    assert {channel.topic for channel in CHANNELS} == set(Topic) - {Topic.GATE_STATE, Topic.LEDGER_STATE}


@every_event
def test_an_examples_payload_fits_its_schema_and_is_read_back_as_it_was(event: type[Struct]) -> None:
    validator = _validator(json_schema(event))
    for example in EXAMPLES[event]:
        validator.validate(payload(example))
        assert decode(encode(example), type=event) == example


@every_event
def test_a_schema_refuses_what_the_decoder_refuses(event: type[Struct]) -> None:
    # Given an example whose first required field is missing, or of no type that a field may have
    validator = _validator(json_schema(event))
    good = payload(EXAMPLES[event][0])
    first = next(name for name in json_schema(event)["required"] if name != "type")
    for bad in ({key: good[key] for key in good if key != first}, {**good, first: [{}]}):
        # Then neither side takes it
        assert not validator.is_valid(bad)
        with pytest.raises(ValueError, match=first):
            decode(encode(bad), type=event)


@every_event
def test_a_schema_lets_unknown_fields_pass_as_readers_do(event: type[Struct]) -> None:
    # Given a record of a later version with one more field
    later = {**payload(EXAMPLES[event][0]), "added_later": {"by": "a newer version"}}
    # Then today's readers take it
    assert _validator(json_schema(event)).is_valid(later)
    assert decode(encode(later), type=event) == EXAMPLES[event][0]


def test_the_asyncapi_documents_examples_fit_their_messages() -> None:
    # Given the committed document
    document = yaml.safe_load((COMMITTED / ASYNCAPI).read_text("utf-8"))
    headers = document["components"]["messageTraits"]["cloudEvent"]["headers"]
    for message in document["components"]["messages"].values():
        # When each message's examples are checked against its payload and headers
        shape = {**message["payload"], "components": document["components"]}
        # Then they fit, and say of themselves what they are
        for example in message["examples"]:
            _validator(shape).validate(example["payload"])
            _validator(headers).validate(example["headers"])
            assert example["headers"]["ce_type"] == f"sluice.{example['payload']['type']}"
            assert example["payload"]["type"] == message["name"]


def test_the_asyncapi_document_says_of_each_topic_what_the_broker_is_told() -> None:
    document = yaml.safe_load((COMMITTED / ASYNCAPI).read_text("utf-8"))
    for channel in document["channels"].values():
        kafka = channel["bindings"]["kafka"]["topicConfiguration"]
        told = SPECS[Topic(channel["address"])].settings()
        assert {name: _as_setting(value) for name, value in kafka.items()}.items() <= told.items()


def test_every_reference_of_the_asyncapi_document_leads_somewhere() -> None:
    document = yaml.safe_load((COMMITTED / ASYNCAPI).read_text("utf-8"))
    references = list(_references(document))
    assert references
    for reference in references:
        place: Any = document
        for step in reference.removeprefix("#/").split("/"):
            assert step in place, reference
            place = place[step]


def _parents() -> set[type[Struct]]:
    """What several events share: its tag is its class name, and no record carries it."""
    from stream.core.audit import JudgedRecord
    from stream.core.content import Posted

    return {Posted, JudgedRecord}


def _validator(schema: dict[str, Any]) -> Draft202012Validator:
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)


def _as_setting(value: object) -> str:
    return ",".join(value) if isinstance(value, list) else str(value)


def _references(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        if "$ref" in value:
            yield value["$ref"]
        for item in value.values():
            yield from _references(item)
    elif isinstance(value, list):
        for item in value:
            yield from _references(item)
