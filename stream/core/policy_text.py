"""The text of `policy.md` → a Policy. Pure: no file is read."""

from hashlib import sha256
from typing import Annotated

from msgspec import Meta, Struct
from msgspec.structs import replace

from stream.core.errors import PolicyInvalid
from stream.core.fields import Language, Name, Statement
from stream.core.policy import MAX_SEVERITY, Action, Policy
from stream.core.policy_clauses import safe_clauses, violating_clauses
from stream.core.policy_examples import example_groups
from stream.core.policy_sections import Outline, outline
from stream.core.toml_text import decode_toml, line_of, nearest

_FRONT_LINE = 2
_BODY = ("DEFINITIONS", "VIOLATES", "SAFE", "INTENT", "AMBIGUITY", "PRECEDENCE")
Severity = Annotated[int, Meta(ge=1, le=MAX_SEVERITY)]


class FrontMatter(Struct, frozen=True):
    """What stands before the sections, and never enters a prompt but for the title."""

    id: Name
    version: Annotated[str, Meta(pattern=r"^[0-9]+(\.[0-9]+){0,2}$")]
    title: Annotated[str, Meta(min_length=1, max_length=80)]
    languages: Annotated[tuple[Language, ...], Meta(min_length=1)]
    actions: dict[str, dict[Severity, Action]]


def parse_policy(text: str, file: str) -> Policy:
    """Read one policy.

    Args:
        text: the whole of `policy.md`, exactly as it lies on disk: its bytes are what `digest` names.
        file: its name, for errors.

    Raises:
        PolicyInvalid: the text does not hold together; says where, what and how to mend it.
    """
    parts = outline(text, file)
    front = decode_toml(parts.front, file, FrontMatter, _FRONT_LINE)
    violating = violating_clauses(parts.sections["VIOLATES"], front.actions, file)
    safe = safe_clauses(parts.sections["SAFE"], file)
    clauses = (*violating, *safe)
    _check_ids(parts, front, [clause.id for clause in violating], [clause.id for clause in safe], file)
    return Policy(
        id=front.id,
        version=front.version,
        title=front.title,
        digest="sha256:" + sha256(text.encode()).hexdigest(),
        instructions=parts.sections["INSTRUCTIONS"].text,
        body="\n\n".join(f"# {name}\n{parts.sections[name].text}" for name in _BODY),
        clauses=clauses,
        examples=example_groups(parts.sections["EXAMPLES"], clauses, file),
        languages=front.languages,
    )


def with_notices(policy: Policy, text: str, file: str) -> Policy:
    """Add the texts of `notices.toml`: what authors are told, by clause and language.

    Raises:
        PolicyInvalid: a clause that may restrict content has no notice, or a notice names no such clause.
    """
    notices = decode_toml(text, file, dict[str, dict[Language, Statement]])
    violating = [clause.id for clause in policy.clauses if clause.violates]
    for clause_id, texts in notices.items():
        if clause_id not in violating:
            raise PolicyInvalid(
                file,
                line_of(text, (clause_id,)),
                f"a notice for clause {clause_id}",
                nearest(clause_id, violating),
            )
        if empty := [language for language, words in texts.items() if not words.strip()]:
            raise PolicyInvalid(
                file, line_of(text, (clause_id, empty[0])), f"an empty notice for {clause_id}", "Write it"
            )
    if missing := [clause_id for clause_id in violating if not notices.get(clause_id)]:
        what = f"no notice for clause {missing[0]}"
        raise PolicyInvalid(
            file, len(text.splitlines()) or 1, what, f'Add ["{missing[0]}"] with one text a language'
        )
    return replace(policy, notices=notices)


def _check_ids(parts: Outline, front: FrontMatter, violating: list[str], safe: list[str], file: str) -> None:
    if both := sorted(set(violating) & set(safe)):
        line = parts.sections["SAFE"].line
        raise PolicyInvalid(file, line, f"clause {both[0]} stands in VIOLATES and in SAFE", "Renumber one")
    for clause_id in front.actions:
        if clause_id not in violating:
            line = line_of(parts.front, ("actions", clause_id)) + _FRONT_LINE - 1
            raise PolicyInvalid(
                file,
                line,
                f"an action for {clause_id}, which is no clause of VIOLATES",
                nearest(clause_id, violating),
            )
