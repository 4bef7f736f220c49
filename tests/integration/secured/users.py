"""The users and rights that deploy/strimzi/users.yaml asks of Strimzi, given to a broker without Strimzi."""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import yaml
from confluent_kafka.admin import (
    AclBinding,
    AclBindingFilter,
    AclOperation,
    AclPermissionType,
    AdminClient,
    ResourcePatternType,
    ResourceType,
    ScramCredentialInfo,
    ScramMechanism,
    UserScramCredentialUpsertion,
)

FILE = Path(__file__).parents[3] / "deploy" / "strimzi" / "users.yaml"
_KINDS = {
    "topic": ResourceType.TOPIC,
    "group": ResourceType.GROUP,
    "transactionalId": ResourceType.TRANSACTIONAL_ID,
    "cluster": ResourceType.BROKER,
}
_PATTERNS = {"literal": ResourcePatternType.LITERAL, "prefix": ResourcePatternType.PREFIXED}


class Right(NamedTuple):
    """One thing that a user may do with a resource, in Strimzi's words."""

    kind: str
    name: str
    pattern: str
    operation: str

    def covers(self, kind: str, name: str, operation: str) -> bool:
        """Whether it is this right that such a request asks for, and not one that implies it."""
        named = name.startswith(self.name) if self.pattern == "prefix" else name == self.name
        asked = operation.replace("_", "").lower()
        return named and (kind.lower(), asked) == (self.kind.lower(), self.operation.lower())


def rights() -> dict[str, set[Right]]:
    """What each user of the file may do."""
    documents = yaml.safe_load_all(FILE.read_text())
    return {user["metadata"]["name"]: set(_rights_of(user)) for user in documents}


def give(admin: AdminClient, user: str, password: str, allowed: set[Right]) -> None:
    """Make a user with these rights; returns once the broker has them."""
    credential = UserScramCredentialUpsertion(
        user, ScramCredentialInfo(ScramMechanism.SCRAM_SHA_512, 4096), password.encode()
    )
    for answer in admin.alter_user_scram_credentials([credential]).values():
        answer.result(20)
    for made in admin.create_acls([_binding(user, right) for right in allowed]).values():
        made.result(20)


def take(admin: AdminClient, user: str, right: Right) -> None:
    """Take a right away."""
    gone = _binding(user, right)
    exactly = AclBindingFilter(
        gone.restype,
        gone.name,
        gone.resource_pattern_type,
        gone.principal,
        gone.host,
        gone.operation,
        gone.permission_type,
    )
    assert [len(answer.result(20)) for answer in admin.delete_acls([exactly]).values()] == [1]


def given(admin: AdminClient, user: str) -> int:
    """How many rights the broker knows of a user."""
    everything = AclBindingFilter(
        ResourceType.ANY,
        None,  # type: ignore[arg-type]  # any
        ResourcePatternType.ANY,
        f"User:{user}",
        None,  # type: ignore[arg-type]  # any
        AclOperation.ANY,
        AclPermissionType.ANY,
    )
    return len(admin.describe_acls(everything).result(20))


def _rights_of(user: dict[str, dict[str, dict[str, list[dict[str, dict[str, str]]]]]]) -> Iterator[Right]:
    for acl in user["spec"]["authorization"]["acls"]:
        resource = acl["resource"]
        for operation in acl["operations"]:
            name, pattern = resource.get("name", "kafka-cluster"), resource.get("patternType", "literal")
            yield Right(resource["type"], name, pattern, operation)


def _binding(user: str, right: Right) -> AclBinding:
    operation = "".join(f"_{letter}" if letter.isupper() else letter for letter in right.operation).strip("_")
    return AclBinding(
        _KINDS[right.kind],
        right.name,
        _PATTERNS[right.pattern],
        f"User:{user}",
        "*",
        AclOperation[operation.upper()],
        AclPermissionType.ALLOW,
    )
