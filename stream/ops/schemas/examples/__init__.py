"""One example of every event: the life of one post, from its publication to an appeal."""

from msgspec import Struct

from stream.ops.schemas.examples import audit, cases, content, operation, outcomes, verdicts

_examples = (
    *content.EXAMPLES,
    *verdicts.EXAMPLES,
    *cases.EXAMPLES,
    *outcomes.EXAMPLES,
    *audit.EXAMPLES,
    *operation.EXAMPLES,
)

EXAMPLES: dict[type[Struct], tuple[Struct, ...]] = {
    kind: tuple(example for example in _examples if type(example) is kind)
    for kind in dict.fromkeys(map(type, _examples))
}
"""At least one example of each event type."""
