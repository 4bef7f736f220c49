"""What each process must be allowed on the cluster: docs/install.md and deploy/strimzi say the same."""

from msgspec import Struct

from stream.core.topics import Topic


class Rights(Struct, frozen=True, kw_only=True):
    """What one process reads and writes, and the consumer groups that it joins, by name without prefix."""

    reads: tuple[Topic, ...]
    writes: tuple[Topic, ...]
    groups: tuple[str, ...]


RIGHTS = {
    "gate": Rights(
        reads=(Topic.CONTENT, Topic.OUTCOMES, Topic.CONTROL, Topic.GATE_STATE),
        writes=(
            Topic.VERDICTS,
            Topic.CASES_TRIAGE,
            Topic.CASES_REVIEW,
            Topic.CASES_REVIEW_RESTRICTED,
            Topic.NOTICES,
            Topic.AUDIT,
            Topic.GATE_STATE,
            Topic.DEAD_LETTERS,
        ),
        groups=("gate",),
    ),
    "triage": Rights(
        reads=(Topic.CASES_TRIAGE, Topic.CONTENT, Topic.CONTROL),
        writes=(
            Topic.CASES_JUDGE,
            Topic.CASES_JUDGE_PRIORITY,
            Topic.CASES_JUDGE_URGENT,
            Topic.OUTCOMES,
            Topic.AUDIT,
            Topic.DEAD_LETTERS,
        ),
        groups=("triage",),
    ),
    "judge": Rights(
        reads=(Topic.CASES_JUDGE, Topic.CASES_JUDGE_PRIORITY, Topic.CASES_JUDGE_URGENT, Topic.CONTROL),
        writes=(Topic.OUTCOMES, Topic.AUDIT, Topic.DEAD_LETTERS),
        groups=("judge", "judge-priority", "judge-urgent"),
    ),
    "shadow": Rights(
        reads=(Topic.CASES_JUDGE, Topic.CASES_JUDGE_PRIORITY, Topic.CASES_JUDGE_URGENT),
        writes=(Topic.AUDIT,),
        groups=("shadow",),
    ),
    "ledger": Rights(
        reads=(
            Topic.VERDICTS,
            Topic.AUDIT,
            Topic.CASES_REVIEW,
            Topic.CASES_REVIEW_RESTRICTED,
            Topic.LEDGER_STATE,
        ),
        writes=(Topic.LEDGER_STATE, Topic.DEAD_LETTERS),
        groups=("ledger",),
    ),
}
"""By process."""
