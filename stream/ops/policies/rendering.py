"""A policy's whole for people: its text with the origin of each line, and of each clause. Pure."""

from stream.core.policy.clauses import OPENING
from stream.core.policy.lineage import Whole
from stream.core.policy.rendered import Origin, Rendered
from stream.core.policy.sections import outline
from stream.core.prompt import developer_message

_CLAUSES = ("VIOLATES", "SAFE")


def clause_origins(rendered: Rendered) -> dict[str, Origin]:
    """Where each clause of the whole was written, in the order of the text."""
    sections = outline(rendered.text, rendered.file).sections
    found: dict[str, Origin] = {}
    for paragraph in (one for name in _CLAUSES for one in sections[name].paragraphs()):
        if opening := OPENING.match(paragraph.lines[0]):
            found[opening[1]] = rendered.lines[paragraph.line - 1].origin
    return found


def as_json(whole: Whole) -> dict[str, object]:
    """The whole for scripts: the text, where it comes from, and what the model is asked."""
    policy, rendered = whole
    origins = clause_origins(rendered)
    return {
        "policy": policy.id,
        "version": policy.version,
        "digest": policy.digest,
        "extends": list(rendered.extends),
        "clauses": [{"id": one, **origins[one]._asdict()} for one in policy.clause_ids],
        "without": [one._asdict() for one in rendered.without],
        "lines": [{"text": line.text, **line.origin._asdict()} for line in rendered.lines],
        "prompt": developer_message([policy]),
    }
