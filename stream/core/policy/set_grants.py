"""What a set lets the model do alone: no more than a policy allows, and no more than was measured. Pure."""

from collections.abc import Iterator, Mapping

from stream.core.policy import Autonomy, Policy
from stream.core.policy.calibration import Calibration
from stream.core.policy.set_tables import Fault, Grant


def grant_faults(grants: Mapping[str, Grant], policies: Mapping[str, Policy]) -> Iterator[Fault]:
    """Each grant that its policy forbids or that nothing has earned."""
    for policy_id, grant in grants.items():
        most = policies[policy_id].autonomy
        if grant.autonomy.rank > most.rank:
            what = f"the set grants `{grant.autonomy}`, and policy `{policy_id}` allows `{most}` at most"
            yield _autonomy(policy_id), what, f'Write `autonomy = "{most}"`'
        if policies[policy_id].restricted and grant.calibration is not None:
            what = f"policy `{policy_id}` is restricted, and has a calibration"
            yield _calibration(policy_id), what, "Take it out: its rows are kept nowhere"
        if grant.calibration is not None:
            yield from _of_evidence(policy_id, grant.calibration, grant.uncalibrated)
        if grant.autonomy.rank > Autonomy.RECOMMEND.rank and not grant.uncalibrated:
            yield from _unearned(policy_id, grant)


def _of_evidence(policy_id: str, calibration: Calibration, uncalibrated: str) -> Iterator[Fault]:
    if calibration.remove is not None and uncalibrated:
        what = f"policy `{policy_id}` has a calibration and says that it has none"
        yield ("policies", policy_id, "uncalibrated"), what, "Take one of them out"
    for name, evidence in (("remove", calibration.remove), ("release", calibration.release)):
        place = (*_calibration(policy_id), name)
        if evidence is not None and not evidence.is_whole:
            what = f"the calibration of `{policy_id}` has a signal and a threshold that do not fit each other"
            mend = "Give neither, or both: a word (low, medium, high) for `stated`, a number for the others"
            yield place, what, mend
        if evidence is not None and (lacks := evidence.shortfall(removes=name == "remove")):
            what = f"the calibration of `{policy_id}` does not show what it is for: {lacks}"
            yield place, what, "Let `sluice policy calibrate` write it"


def _unearned(policy_id: str, grant: Grant) -> Iterator[Fault]:
    """More than recommending is measured, or said not to be."""
    if grant.calibration is None or grant.calibration.remove is None:
        what = f"the set grants `{grant.autonomy}` under `{policy_id}`, and nothing says that it was earned"
        mend = 'Run `sluice policy calibrate`, or write `uncalibrated = "why"`'
        yield _autonomy(policy_id), what, mend
    elif grant.autonomy is Autonomy.FULL:
        what = f"the calibration of `{policy_id}` measures removals, and `full` labels alone too"
        mend = 'Write `autonomy = "remove"`, or `uncalibrated = "why"` instead of it'
        yield _autonomy(policy_id), what, mend


def _autonomy(policy_id: str) -> tuple[str, ...]:
    return ("policies", policy_id, "autonomy")


def _calibration(policy_id: str) -> tuple[str, ...]:
    return ("policies", policy_id, "calibration")
