"""The text of `sets/NAME.toml` → a PolicySet. Pure: the policies come in through a function."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from hashlib import sha256
from itertools import chain

from stream.core.errors import PolicyInvalid
from stream.core.policy import Policy
from stream.core.policy.overdue import overdue_faults
from stream.core.policy.policy_set import PolicySet
from stream.core.policy.set_grants import grant_faults
from stream.core.policy.set_routes import route_faults
from stream.core.policy.set_tables import Fault, SetText
from stream.core.policy.set_terms import term_faults, terms_of
from stream.core.step import Terms
from stream.core.toml_text import decode_toml, line_of, nearest


def parse_set(
    text: str, file: str, name: str, available: Sequence[str], policy_of: Callable[[str], Policy]
) -> PolicySet:
    """Read one set and the policies in it.

    Args:
        text: the whole file, exactly as it lies on disk.
        file: its name, for errors.
        name: the set's name.
        available: the ids of all policies that could be named.
        policy_of: loads one policy; may raise PolicyInvalid itself.

    Raises:
        PolicyInvalid: the set, or a policy in it, does not hold together.
    """
    written = decode_toml(text, file, SetText)
    _refuse(_unknown(written, available), text, file)
    policies = {policy_id: policy_of(policy_id) for policy_id in written.policies}
    digest = _digest(text, policies)
    terms = terms_of(written, policies.values(), digest)
    _refuse(_faults(written, policies, terms), text, file)
    return PolicySet(
        name=name,
        title=written.title,
        digest=digest,
        policies=policies,
        autonomy=written.autonomy,
        routes=written.routes,
        languages=written.languages,
        terms=terms,
        surfaces=written.surfaces,
        models=written.models,
        audited=written.cascade.audited,
        to_auditors=written.cascade.to_auditors,
        confidence=written.confidence,
        thresholds=written.thresholds,
        calibrations=written.calibrations,
        uncalibrated=written.uncalibrated,
    )


def _refuse(faults: Iterable[Fault], text: str, file: str) -> None:
    """The first fault is an error, with the line that it points to."""
    for path, what, mend in faults:
        raise PolicyInvalid(file, line_of(text, path), what, mend)


def _unknown(written: SetText, available: Sequence[str]) -> Iterator[Fault]:
    for policy_id in written.policies:
        if policy_id not in available:
            what = f"there is no policy `{policy_id}`"
            yield ("policies", policy_id), what, nearest(policy_id, list(available))


def _faults(written: SetText, policies: Mapping[str, Policy], terms: Terms) -> Iterator[Fault]:
    deadlines = written.deadlines
    return chain(
        grant_faults(written.policies, policies),
        route_faults(written, policies),
        overdue_faults(deadlines.overdue, deadlines.notice, policies.values(), written.routes),
        term_faults(terms),
    )


def _digest(text: str, policies: Mapping[str, Policy]) -> str:
    """0xFF never occurs in UTF-8, so no set's text can imitate another one with other policies."""
    digest = sha256(text.encode())
    for policy_id in sorted(policies):
        digest.update(b"\xff" + policy_id.encode() + b"\xff" + policies[policy_id].digest.encode())
    return "sha256:" + digest.hexdigest()
