"""The digest that verdicts name: no two contents share one, and any language can compute it."""

from hashlib import sha256

from hypothesis import example, given
from hypothesis import strategies as st

from stream.core.content import Attachment, Published, digest_of

digests = st.binary(max_size=4).map(lambda data: "sha256:" + sha256(data).hexdigest())
contents = st.tuples(st.text(max_size=30), st.lists(digests, max_size=4))

PICTURE = "sha256:" + sha256(b"picture").hexdigest()


@given(contents)
@example(("", []))
@example(("\u00ff" + PICTURE, []))
@example(("\x00", [PICTURE, PICTURE]))
def test_text_and_attachments_can_be_read_back_from_what_is_hashed(content: tuple[str, list[str]]) -> None:
    # Given a text and its attachments' digests
    text, attachments = content
    # When they are laid out as the digest hashes them
    hashed = b"\xff".join([text.encode(), *(one.encode() for one in attachments)])
    # Then that layout has one reading only, so that two contents collide no sooner than sha256 does
    first, *others = hashed.split(b"\xff")
    assert (first.decode(), [one.decode() for one in others]) == (text, attachments)
    assert digest_of(text, attachments) == "sha256:" + sha256(hashed).hexdigest()


@given(contents, contents)
@example(("a", [PICTURE]), ("a" + PICTURE, []))
@example(("a", [PICTURE]), ("a\u00ff" + PICTURE, []))
@example(("a", []), ("a ", []))
@example(("\u00e9", []), ("e\u0301", []))
def test_different_contents_have_different_digests(
    one: tuple[str, list[str]], other: tuple[str, list[str]]
) -> None:
    assert (digest_of(*one) == digest_of(*other)) == (one == other)


def test_the_digests_worked_out_in_the_contract_hold() -> None:
    assert digest_of("Selling my bike, 120 €.") == DIGEST_OF_TEXT
    assert digest_of("Selling my bike, 120 €.", [PICTURE]) == DIGEST_WITH_PICTURE


def test_an_event_names_its_own_text_and_attachments() -> None:
    # Given a post with a picture
    post = Published(
        id="post-1",
        version=1,
        at=0,
        text="Selling my bike, 120 €.",
        attachments=(Attachment(digest=PICTURE, media_type="image/jpeg", name="bike.jpg"),),
    )
    # Then its digest is that of both; the file's name is no part of it
    assert post.digest == DIGEST_WITH_PICTURE


# Worked out with sha256sum, over the text and, for the second, printf '\377sha256:…' after it.
DIGEST_OF_TEXT = "sha256:e3adb09cb06e4188b6a34aeed4a6b2a946f8da5c982cbc704cdbcf28f153772a"
DIGEST_WITH_PICTURE = "sha256:deb928561072f84c15a92a5d4c336331a57041c31adf0e94661c3528a541d1f2"
