"""The demo's own post is no part of what the ledger is said to have counted."""

from stream.core.ledger import Count, Summary, summary_of, view_of
from stream.ops.demo.ledger import without
from tests.unit.ledger.lives import AT, closed, decided, folded, hold, judged, routed

ENTRY = folded([hold(), routed(), judged(), closed(), decided()])


def test_the_post_that_warmed_everything_up_is_left_out() -> None:
    # Given two released posts, one of which is the demo's own / When that one is left out
    summary = Summary(at=AT)
    summary.add(ENTRY)
    summary.add(ENTRY)
    left = without(summary_of([Count(summary)]), view_of("post-1", ENTRY, AT))
    # Then one is left wherever two were counted
    assert (left.entries, left.contents, left.decided_by) == (1, {"release": 1}, {"model": 1})
    assert {name: told.released for name, told in left.policies.items()} == {"harassment": 1, "spam": 1}
