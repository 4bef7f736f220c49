"""Events of `control` for tests, and the records that they become."""

from msgspec import Struct

from stream.core.control import ControlEvent, Paused, PausedAction, RulesPublished, SetPromoted, key_of
from stream.core.murmur2 import partition_of
from stream.core.wire import encode
from stream.ports import Outgoing
from tests.unit.policies.sample import SHIPPED


class Written(Struct, frozen=True):
    """A key and a value as they lie in the topic; None withdraws."""

    key: str
    value: bytes | None

    def partition(self, count: int) -> int:
        return partition_of(self.key.encode(), count)

    def to(self, topic: str) -> Outgoing:
        return Outgoing(topic, self.key.encode(), self.value)


def written(event: ControlEvent) -> Written:
    return Written(key_of(event), encode(event))


def withdrawn(event: ControlEvent) -> Written:
    return Written(key_of(event), None)


def pause(
    action: PausedAction = PausedAction.REMOVE,
    policy: str | None = None,
    surface: str | None = None,
    reason: str = "",
) -> Paused:
    return Paused(action=action, policy=policy, surface=surface, by="ana", at=1, reason=reason)


def rules(name: str = "wave.toml", text: str = "x") -> RulesPublished:
    return RulesPublished(name=name, text=text, by="ana", at=1)


def promoted(name: str = "demo", **edits: str) -> SetPromoted:
    """A shipped set, promoted; `edits` replace in its set file, under the digest that it had before them."""
    policy_set = SHIPPED.policy_set(name)
    files = SHIPPED.texts(policy_set)
    for before, after in edits.items():
        files[f"sets/{name}.toml"] = files[f"sets/{name}.toml"].replace(before, after)
    return SetPromoted(name=name, digest=policy_set.digest, files=files, by="ana", at=1)
