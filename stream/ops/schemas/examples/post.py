"""The post that every example is about: its names and times, and what it says."""

from stream.core.content import Attachment, Edited, Published, Signal, ThreadItem, digest_of

ID = "post/2026-11-03/7f3a"
AT = 1_793_700_000_000
MINUTE = 60_000
DAY = 86_400_000
SET = digest_of("the text of a policy set")
CANDIDATE = digest_of("the text of a set that is not in force")
PICTURE = Attachment(digest=digest_of("the bytes of a picture"), media_type="image/jpeg", name="bike.jpg")
CASE = "c3-1042"
EDIT_CASE = "c3-1090"
REPORT_CASE = "c3-1201"
CLAUSE = "spam-and-scams/sp3.a"
MODEL = "gpt-oss-safeguard-20b"

PUBLISHED = Published(
    id=ID,
    version=1,
    at=AT,
    text="Selling my bike, 120 €. Pictures below, collect in Ghent.",
    surface="marketplace",
    author="author-51c2",
    language="en",
    jurisdiction="BE",
    thread=(ThreadItem(text="Anyone selling a bike?", author="author-9e01", id="post/2026-11-03/7f11"),),
    attachments=(PICTURE,),
    signals=(Signal(kind="account.age-days", source="accounts", value=412.0),),
)
EDITED = Edited(
    id=ID,
    version=2,
    at=AT + 20 * MINUTE,
    text="Selling my bike, 110 €. Pictures below, collect in Ghent.",
    surface="marketplace",
    author="author-51c2",
    language="en",
    jurisdiction="BE",
    attachments=(PICTURE,),
)
