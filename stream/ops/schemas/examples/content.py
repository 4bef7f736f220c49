"""What happens to the post, as its app tells it."""

from msgspec import Struct

from stream.core.content import Appealed, Deleted, Reported
from stream.ops.schemas.examples.post import AT, DAY, EDITED, ID, MINUTE, PUBLISHED

EXAMPLES: tuple[Struct, ...] = (
    PUBLISHED,
    EDITED,
    Deleted(id=ID, version=2, at=AT + 3 * DAY),
    Reported(
        id=ID,
        version=2,
        at=AT + 60 * MINUTE,
        reporter="reader-77d0",
        reason="scam",
        digest=EDITED.digest,
        statement="He asks for payment before one may see the bike.",
        jurisdiction="BE",
    ),
    Appealed(
        id=ID,
        version=2,
        at=AT + DAY,
        appellant="author-51c2",
        digest=EDITED.digest,
        statement="I ask for no advance payment.",
        reference="ticket 5521",
    ),
)
