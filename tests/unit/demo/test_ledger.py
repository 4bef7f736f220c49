"""The demo's own post is no part of what the ledger is said to have counted."""

import pytest

from stream.core.ledger import ContentEntry, Count, Summary, summary_of, view_of
from stream.core.terms import Decision
from stream.ops.demo.ledger import without
from tests.unit.ledger.lives import AT, closed, decided, folded, hold, judged, routed

RELEASED = folded([hold(), routed(), judged(), closed(), decided()])
CITED = folded(
    [
        hold(),
        routed(),
        judged(),
        closed(decision=Decision.REMOVE, clauses=("spam/1",)),
        decided(decision=Decision.REMOVE),
    ]
)
UNROUTED = folded([hold(), routed(lane="people"), closed(), decided()])


@pytest.mark.parametrize("warm_up", [RELEASED, CITED, UNROUTED], ids=["released", "cited", "unrouted"])
def test_the_post_that_warmed_everything_up_is_left_out(warm_up: ContentEntry) -> None:
    # Given a released post, and the demo's own, whatever became of that / When that one is left out
    alone, both = Summary(at=AT), Summary(at=AT)
    for summary, entries in ((alone, [RELEASED]), (both, [RELEASED, warm_up])):
        for entry in entries:
            summary.add(entry)
    left = without(summary_of([Count(both)]), view_of("post-1", warm_up, AT))
    # Then everything is counted as if it had not been
    should = summary_of([Count(alone)])
    assert (left.entries, left.contents, left.decided_by) == (1, should.contents, should.decided_by)
    assert decisions(left.policies) == decisions(should.policies)


def decisions(policies: dict) -> dict[str, tuple[int, int, int]]:  # type: ignore[type-arg]
    return {name: (told.held, told.released, told.removed) for name, told in policies.items()}
