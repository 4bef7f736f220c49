"""One AsyncAPI 3.0 document over all topics, complete in itself: it needs no second file.

Bindings: AsyncAPI Kafka bindings 0.5.0. Headers: CloudEvents Kafka protocol binding 1.0.2, binary mode.
"""

from typing import Any

from msgspec import Struct

from stream.core.topics import SPECS, Topic
from stream.core.wire import headers_of
from stream.ops.schemas.catalogue import (
    APPS,
    CHANNELS,
    EVENTS,
    GATE,
    JUDGE,
    OPERATORS,
    TRIAGE,
    Channel,
    type_of,
)
from stream.ops.schemas.examples import EXAMPLES
from stream.ops.schemas.json_schema import Schema, components, payload

BINDING = "0.5.0"
PARTITIONER = (
    "murmur2 of the key's bytes, as Apache Kafka's Java client does by default; "
    "librdkafka: partitioner=murmur2_random. The gate refuses what lies elsewhere (dead letter)."
)
_SOURCES = {
    APPS: "/example-app",
    GATE: "/sluice/gate",
    TRIAGE: "/sluice/triage",
    JUDGE: "/sluice/judge",
    OPERATORS: "/sluice/cli",
}


def asyncapi() -> Schema:
    """The whole document, as JSON values in the order in which a reader wants them."""
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Sluice",
            "version": "1.0.0",
            "description": "Show a version only if the content's latest verdict is `release` and names that "
            "version: id, version and digest. docs/contract.md says the rest.",
            "license": {"name": "Apache-2.0"},
        },
        "defaultContentType": "application/json",
        "channels": {_name(channel.topic): _channel(channel) for channel in CHANNELS},
        "operations": dict(operation for channel in CHANNELS for operation in _operations(channel)),
        "components": {
            "messages": {event.__name__: _message(event) for event in EVENTS},
            "messageTraits": {"cloudEvent": _cloud_event()},
            "schemas": components(EVENTS, "#/components/schemas/{name}"),
        },
    }


def _channel(channel: Channel) -> Schema:
    spec = SPECS[channel.topic]
    configuration: Schema = {
        "cleanup.policy": ["compact" if spec.compacted else "delete"],
        "retention.ms": spec.retention,
        "max.message.bytes": spec.max_bytes,
    }
    return {
        "address": channel.topic.value,
        "description": channel.summary,
        "messages": {event.__name__: _reference("messages", event.__name__) for event in channel.events},
        "bindings": {
            "kafka": {
                "topic": channel.topic.value,
                "topicConfiguration": configuration,
                "bindingVersion": BINDING,
            }
        },
        "x-key": channel.key,
        "x-partitioner": PARTITIONER,
    }


def _operations(channel: Channel) -> list[tuple[str, Schema]]:
    """Who sends and who receives, from each one's own point of view."""
    sides = [("send", who) for who in channel.senders] + [("receive", who) for who in channel.receivers]
    return [
        (
            f"{who}.{action}.{_name(channel.topic)}",
            {
                "action": action,
                "channel": {"$ref": f"#/channels/{_name(channel.topic)}"},
                "tags": [{"name": who}],
            },
        )
        for action, who in sides
    ]


def _message(event: type[Struct]) -> Schema:
    tag = type_of(event)
    channel = next(channel for channel in CHANNELS if event in channel.events)
    return {
        "name": tag,
        "title": event.__name__,
        "summary": (event.__doc__ or "").strip().splitlines()[0],
        "contentType": "application/json",
        "traits": [_reference("messageTraits", "cloudEvent")],
        "bindings": {
            "kafka": {"key": {"type": "string", "description": channel.key}, "bindingVersion": BINDING}
        },
        "payload": _reference("schemas", event.__name__),
        "examples": [_example(example, channel) for example in EXAMPLES[event]],
    }


def _example(event: Struct, channel: Channel) -> Schema:
    headers = headers_of(event, _SOURCES[channel.senders[0]], "an-id-of-the-sender")
    return {
        "name": type(event).__name__,
        "headers": {name: value.decode() for name, value in headers},
        "payload": payload(event),
    }


def _cloud_event() -> Schema:
    """The headers that every record carries."""
    text: Schema = {"type": "string", "minLength": 1}
    return {
        "headers": {
            "type": "object",
            "required": ["ce_specversion", "ce_type", "ce_source", "ce_id", "content-type"],
            "properties": {
                "ce_specversion": {"type": "string", "enum": ["1.0"]},
                "ce_type": {**text, "description": "`sluice.` and the event's `type`."},
                "ce_source": {**text, "description": "A URI reference of the sender."},
                "ce_id": {**text, "description": "Unique for this source; a repeated delivery keeps it."},
                "content-type": {"type": "string", "enum": ["application/json"]},
            },
        }
    }


def _reference(kind: str, name: str) -> dict[str, Any]:
    return {"$ref": f"#/components/{kind}/{name}"}


def _name(topic: Topic) -> str:
    """A topic's key in the document, where dots would part words."""
    return topic.value.replace(".", "-")
