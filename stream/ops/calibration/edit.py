"""A proposal as a change to a set's text: the least that is needed, so that comments and order stay. Pure."""

import re
from collections.abc import Iterator

from msgspec import to_builtins
from msgspec.json import encode

from stream.core.errors import PolicyInvalid
from stream.core.policy.calibration import Calibration, Evidence
from stream.core.toml_text import lines_of
from stream.ops.calibration.proposal import Proposal

_HEADER = re.compile(r"\s*\[")
_GRANT = re.compile(r'^(?P<before>\s*autonomy\s*=\s*)(?:"[a-z]*"|\'[a-z]*\')')


def with_proposal(text: str, file: str, proposal: Proposal) -> str:
    """The set's text with a policy's new grant and calibration, in place of what stood there.

    Args:
        text: the set's file.
        file: its name, for errors.
        proposal: one that has a calibration.

    Raises:
        PolicyInvalid: the policy has no table of its own, or keeps its calibration inside one.
    """
    calibration = proposal.calibration
    if calibration is None:
        return text
    lines = text.splitlines(keepends=True)
    if lines and not lines[-1].endswith("\n"):
        lines[-1] += "\n"
    for begin, end in reversed(list(_blocks(text, proposal.policy))):
        del lines[begin:end]
    begin, end = _table("".join(lines), file, proposal.policy)
    table = [_granted(line, proposal) for line in lines[begin:end] if not _is_excuse(line, calibration)]
    if proposal.autonomy is not proposal.before and not any(map(_GRANT.match, table)):
        table.insert(1, f'autonomy = "{proposal.autonomy}"\n')
    lines[begin:end] = [*table, "\n", *_written(proposal.policy, calibration)]
    return "".join(lines)


def _blocks(text: str, policy: str) -> Iterator[tuple[int, int]]:
    """Where the calibration's tables lie, as slices of the lines."""
    for path, line in lines_of(text).items():
        if path[:3] == ("policies", policy, "calibration") and _HEADER.match(text.splitlines()[line - 1]):
            yield _slice(text, line, blanks=True)


def _table(text: str, file: str, policy: str) -> tuple[int, int]:
    lines = lines_of(text)
    line = lines.get(("policies", policy))
    mend = f"Write [policies.{policy}] with a line for each key, and try again"
    if line is None or not _HEADER.match(text.splitlines()[line - 1]):
        raise PolicyInvalid(file, line or 1, f"policy `{policy}` has no table of its own", mend)
    inside = [number for path, number in lines.items() if path[:3] == ("policies", policy, "calibration")]
    if inside:
        raise PolicyInvalid(file, inside[0], f"the calibration of `{policy}` is no table of its own", mend)
    return _slice(text, line, blanks=False)


def _slice(text: str, header: int, *, blanks: bool) -> tuple[int, int]:
    """From a header's line to its last value, and with `blanks` to the empty lines that follow."""
    lines = text.splitlines()
    end = next((n for n in range(header, len(lines)) if _HEADER.match(lines[n])), len(lines))
    while end > header and (not lines[end - 1].strip() or lines[end - 1].lstrip().startswith("#")):
        end -= 1
    while blanks and end < len(lines) and not lines[end].strip():
        end += 1
    return header - 1, end


def _granted(line: str, proposal: Proposal) -> str:
    return _GRANT.sub(rf'\g<before>"{proposal.autonomy}"', line)


def _is_excuse(line: str, calibration: Calibration) -> bool:
    """Why nothing was measured is no longer true once removals were."""
    return calibration.remove is not None and re.match(r"\s*uncalibrated\s*=", line) is not None


def _written(policy: str, calibration: Calibration) -> Iterator[str]:
    key = policy if re.fullmatch(r"[a-z0-9_-]+", policy) else f'"{policy}"'
    yield f"[policies.{key}.calibration]\n"
    plain = {"policy": calibration.policy, "by": calibration.by, "at": calibration.at}
    yield from _pairs({**plain, "attempt": calibration.attempt})
    for name, evidence in (("remove", calibration.remove), ("release", calibration.release)):
        if evidence is not None:
            yield f"\n[policies.{key}.calibration.{name}]\n"
            yield from _pairs(_plain(evidence))


def _plain(evidence: Evidence) -> dict[str, object]:
    return {name: value for name, value in to_builtins(evidence).items() if value is not None}


def _pairs(values: dict[str, object]) -> Iterator[str]:
    for name, value in values.items():
        yield f"{name} = {encode(value).decode() if isinstance(value, str) else repr(value)}\n"
