"""What `sluice policy test --json` wrote in an earlier run, read back for a comparison."""

import msgspec
from msgspec import Struct

from stream.core.errors import PolicyInvalid
from stream.core.misfit import MISFITS, misfit
from stream.core.policy import PolicyResult
from stream.ops.policies.comparison import Earlier


class _Case(Struct):
    digest: str
    result: PolicyResult


class _Line(Struct):
    policy: str
    cases: tuple[_Case, ...]


def earlier(text: str, file: str) -> dict[str, Earlier]:
    """Read an earlier run's answers, by policy.

    Raises:
        PolicyInvalid: a line is none of `sluice policy test --json`.
    """
    found: dict[str, Earlier] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        try:
            told = msgspec.json.decode(line, type=_Line)
        except MISFITS as error:
            what, _ = misfit(error, _Line)
            mend = "Name a file that `sluice policy test --json` wrote, or a folder of policies"
            raise PolicyInvalid(file, number, f"this line does not fit: {what}", mend) from None
        found[told.policy] = {case.digest: case.result for case in told.cases}
    return found
