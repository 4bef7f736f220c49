"""Rows from a file of labelled answers, one JSON object a line: for trying a calibration out. Pure."""

from collections.abc import Iterable, Iterator
from typing import Annotated

from msgspec import Meta, Struct
from msgspec.json import Decoder

from stream.core.errors import PolicyInvalid
from stream.core.fields import Digest, Name
from stream.core.judgement import Confidence, Stated
from stream.core.misfit import MISFITS, misfit
from stream.core.policy.calibration import Basis, Drawn
from stream.core.policy.policy_set import PolicySet
from stream.core.template import template_digest
from stream.core.terms import Effort
from stream.core.toml_text import nearest
from stream.ops.calibration.row import Row, Truth, Would


class Line(Struct, frozen=True, forbid_unknown_fields=True):
    """One answer and what people said. Digests are the present ones where none stand here.

    Attributes:
        text: a digest of the text, or an id: lines that share it count once.
        first_effort: what it was asked at first; `effort` where it was asked once.
        drawn: how it came before people.
    """

    text: Annotated[str, Meta(min_length=1, max_length=500)]
    policy: Name
    would: Would
    truth: Truth
    model: Name
    effort: Effort
    drawn: Drawn = Drawn.RANDOM
    first_effort: Effort | None = None
    stated: Stated | None = None
    log_probability: Annotated[float, Meta(le=0)] | None = None
    agreement: Annotated[float, Meta(ge=0, le=1)] | None = None
    policy_digest: Digest | None = None
    template: Digest | None = None


_decode = Decoder(Line).decode


def rows_of(lines: Iterable[str], file: str, policy_set: PolicySet) -> Iterator[Row]:
    """Read every line; those under another text of a policy are left out.

    Raises:
        PolicyInvalid: a line is malformed, or names a policy that the set lacks or that is restricted.
    """
    for number, text in enumerate(lines, start=1):
        if not text.strip():
            continue
        try:
            line = _decode(text)
        except MISFITS as error:
            what, mend = misfit(error, Line)
            raise PolicyInvalid(file, number, f"no labelled answer: {what}", mend) from None
        policy = policy_set.policies.get(line.policy)
        if policy is None:
            mend = nearest(line.policy, list(policy_set.policies))
            raise PolicyInvalid(file, number, f"set `{policy_set.name}` has no policy `{line.policy}`", mend)
        if policy.restricted:
            what = f"an answer under `{line.policy}`, which is restricted"
            raise PolicyInvalid(file, number, what, "Keep no such file: its content is learned from nowhere")
        if line.policy_digest in (None, policy.digest):
            yield _row(line, policy.digest, line.template or template_digest((policy,)))


def _row(line: Line, digest: str, template: str) -> Row:
    confidence = Confidence(
        stated=line.stated, log_probability=line.log_probability, agreement=line.agreement
    )
    return Row(
        text=line.text,
        policy=line.policy,
        basis=Basis(digest, template, line.model, line.effort),
        first=Basis(digest, template, line.model, line.first_effort or line.effort),
        would=line.would,
        truth=line.truth,
        confidence=confidence,
        random=line.drawn is Drawn.RANDOM,
        flagged=line.drawn is Drawn.FLAGGED,
    )
