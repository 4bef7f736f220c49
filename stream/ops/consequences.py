"""What follows from a promotion, told before it is confirmed. Each is a `RestsOnSet`, or makes one."""

from collections.abc import Iterator, Mapping

from stream.core.policy import Autonomy
from stream.core.policy.policy_set import PolicySet
from stream.core.topics import Topic, TopicNames
from stream.ports import RestsOnSet

CASE_TOPICS = (
    Topic.CONTENT,
    Topic.CASES_TRIAGE,
    Topic.CASES_JUDGE,
    Topic.CASES_JUDGE_PRIORITY,
    Topic.CASES_JUDGE_URGENT,
    Topic.CASES_REVIEW,
    Topic.CASES_REVIEW_RESTRICTED,
)
"""Where the record of a case lies while it waits."""

_ALONE = (Autonomy.REMOVE, Autonomy.FULL)


def of_texts(before: PolicySet | None, after: PolicySet) -> Iterator[str]:
    """What was measured of a policy's text holds for that text alone."""
    if before is None:
        yield "each process leaves the set of its own folder, whichever that is"
        return
    for policy_id, policy in after.policies.items():
        old = before.policies.get(policy_id)
        if old is not None and old.digest == policy.digest:
            continue
        autonomy = after.autonomy[policy_id]
        alone = f", and the model acts alone under it ({autonomy})" if autonomy in _ALONE else ""
        measured = (
            "nothing of it was measured at work" if old is None else f"figures of {old.version} end here"
        )
        yield f"{policy_id} {policy.version} is another text: {measured}{alone}"
    for policy_id in before.policies.keys() - after.policies.keys():
        yield f"no post is asked about {policy_id} any more; what was decided by it stays"


def of_deadlines(retention: Mapping[Topic, int | None], names: TopicNames) -> RestsOnSet:
    """Whether the topics keep a case's record for as long as the set lets it wait.

    Args:
        retention: of `CASE_TOPICS`, in ms, -1 for ever; None where the cluster does not say.
        names: the topics' names on it.
    """

    def told(before: PolicySet | None, after: PolicySet) -> Iterator[str]:
        del before  # what the topics keep has nothing to do with it
        longest = after.terms.automatic + after.terms.people
        waits = f"a case may wait {_days(longest)}"
        unknown = [names.of(topic) for topic, kept in retention.items() if kept is None]
        if unknown:
            why = "the cluster does not tell this user (right DescribeConfigs)"
            yield f"not checked: {waits}; whether {', '.join(unknown)} keep its record so long, {why}"
        for topic, kept in retention.items():
            if kept is not None and 0 <= kept <= longest:
                yield (
                    f"{waits}, but {names.of(topic)} keeps its record {_days(kept)}: it would be gone first. "
                    f"Set its retention.ms to {2 * longest} before"
                )

    return told


def _days(milliseconds: int) -> str:
    hours = milliseconds / 3_600_000
    return f"{hours / 24:.3g} days" if hours >= 48 else f"{hours:.3g} hours"
