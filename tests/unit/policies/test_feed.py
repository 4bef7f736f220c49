"""The demo's feed: what it must contain so that there is something to see."""

from collections import Counter

from stream.core.content import Appealed, Deleted, Edited, Published, Reported
from stream.ops.demo.feed import own_feed

BEATS = own_feed().beats
EVENTS = [beat.event for beat in BEATS]
POSTS = [event for event in EVENTS if isinstance(event, Published)]


def test_the_feed_has_posts_in_many_languages_on_every_surface() -> None:
    languages = Counter(post.language for post in POSTS)

    assert len({post.id for post in POSTS}) >= 200
    assert sum(count >= 10 for count in languages.values()) >= 5
    assert {post.surface for post in POSTS} == {"feed", "marketplace", "chat"}
    assert any(post.thread for post in POSTS)
    assert any(not post.text.strip() for post in POSTS)


def test_posts_are_edited_repeated_deleted_reported_and_appealed() -> None:
    kinds = Counter(type(event) for event in EVENTS)

    assert min(kinds[kind] for kind in (Edited, Deleted, Reported, Appealed)) >= 3
    assert len(POSTS) > len({post.id for post in POSTS})
    crowd = Counter(event.id for event in EVENTS if isinstance(event, Reported))
    assert max(crowd.values()) >= 10


def test_nothing_is_said_of_a_post_before_it_is_published() -> None:
    published: set[str] = set()
    for beat in sorted(BEATS, key=lambda beat: beat.after_ms):
        if isinstance(beat.event, Published):
            published.add(beat.event.id)
        assert beat.event.id in published


def test_it_takes_half_a_minute() -> None:
    assert 20_000 <= max(beat.after_ms for beat in BEATS) <= 30_000
