"""Published figures, to stand beside measured ones, and what keeps them from being compared blindly."""

from msgspec import Struct

from stream.ops.evaluation.labelled.labelling import Labelling


class Published(Struct, frozen=True):
    """One model's published figures, in percent."""

    model: str
    exact_match: float
    moderation_f1: float
    toxic_chat_f1: float


MODERATION = "openai_moderation_2022"

PUBLISHED = (
    Published("gpt-oss-safeguard-120b", 46.3, 82.9, 79.3),
    Published("gpt-oss-safeguard-20b", 43.6, 82.9, 79.9),
    Published("Safety Reasoner (internal)", 52.2, 82.8, 81.3),
    Published("gpt-5-thinking", 43.2, 79.8, 81.0),
    Published("gpt-oss-120b", 32.5, 80.4, 76.7),
    Published("gpt-oss-20b", 32.1, 78.7, 75.9),
)
"""OpenAI's technical report on gpt-oss-safeguard. The exact match is over a set that was not released."""

PROMPTS = (
    "Prompts differ: the published ones are not known word by word; here each policy is one of this project, "
    "asked alone, with cited clauses, quotes and a checked JSON answer."
)
EXACT_MATCH = (
    "The published exact match is over OpenAI's own policies and texts, which nobody else has: only its kind "
    "is the same as the figure here."
)
OTHER_DATA = "None of the published figures is over this data: the table stands here for scale only."
PRICE = "Hosted gpt-oss-safeguard-20b at $0.075 / $0.30 per million tokens costs about $0.16 per 1,000 posts."


def remarks(labelling: Labelling) -> tuple[str, ...]:
    """What to know before these figures are put beside the published ones."""
    near = labelling.published == MODERATION
    return (*((PROMPTS,) if near else (OTHER_DATA,)), *labelling.comparable, EXACT_MATCH)
