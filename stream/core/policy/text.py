"""The text of `policy.md` → a Policy. Pure: no file is read."""

from collections.abc import Mapping
from hashlib import sha256

from msgspec.structs import replace

from stream.core.errors import PolicyInvalid
from stream.core.fields import Language, Statement
from stream.core.policy.clauses import safe_clauses, violating_clauses
from stream.core.policy.examples import example_groups
from stream.core.policy.front_matter import ClauseTable, FrontMatter, read_front_matter
from stream.core.policy.policy import Clause, Example, Policy
from stream.core.policy.rendered import Rendered
from stream.core.policy.sections import EXAMPLES, REVIEWERS, Outline, outline
from stream.core.toml_text import decode_toml, line_of, nearest

Notices = Mapping[str, dict[str, str]]
_BODY = ("DEFINITIONS", "VIOLATES", "SAFE", "INTENT", "AMBIGUITY", "PRECEDENCE")


def parse_policy(text: str, file: str) -> Policy:
    """Read one policy.

    Args:
        text: the whole of `policy.md`, exactly as it lies on disk: its bytes are what `digest` names.
        file: its name, for errors.

    Raises:
        PolicyInvalid: the text does not hold together; says where, what and how to mend it.
    """
    parts = outline(text, file)
    front = read_front_matter(parts.front, file)
    table = ClauseTable(front, parts.front, file)
    violating = violating_clauses(parts.sections["VIOLATES"], table, file)
    safe = safe_clauses(parts.sections["SAFE"], file)
    table.check_ids([clause.id for clause in violating])
    _check_sides(parts, violating, safe, file)
    clauses = (*violating, *safe)
    return Policy(
        id=front.id,
        version=front.version,
        title=front.title,
        digest="sha256:" + sha256(text.encode()).hexdigest(),
        instructions=parts.sections["INSTRUCTIONS"].text,
        body="\n\n".join(f"# {name}\n{parts.sections[name].text}" for name in _BODY),
        clauses=clauses,
        examples=_examples(parts, front, clauses, file),
        languages=front.languages,
        autonomy=front.autonomy,
        high_impact=front.high_impact,
        restricted=front.restricted,
        local_only=front.local_only,
        never_clear=front.never_clear,
        reviewers=parts.sections[REVIEWERS].text if REVIEWERS in parts.sections else "",
    )


def parse_rendered(rendered: Rendered) -> Policy:
    """Read the whole of a policy that may extend another; errors point to the policy's own file.

    Raises:
        PolicyInvalid: the whole does not hold together.
    """
    try:
        policy = parse_policy(rendered.text, rendered.file)
    except PolicyInvalid as error:
        raise rendered.at(error) from None
    own = rendered.own if rendered.extends else ""
    return replace(policy, digest=rendered.digest, own=own, extends=rendered.extends)


def version_line(text: str) -> int:
    """The line, from 1, on which a policy's version stands; for errors about it."""
    return next((n for n, line in enumerate(text.splitlines(), 1) if line.startswith("version")), 1)


def with_notices(policy: Policy, text: str, file: str, inherited: Notices | None = None) -> Policy:
    """Add the texts of `notices.toml`: what authors are told, by clause and language.

    Args:
        policy: the policy as parsed.
        text: the file; empty where there is none, and what is inherited must do.
        file: its name, for errors.
        inherited: its parent's notices, which the file's replace by clause and language.

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
    for clause_id, texts in (inherited or {}).items():
        if clause_id in violating:
            notices[clause_id] = {**texts, **notices.get(clause_id, {})}
    if missing := [clause_id for clause_id in violating if not notices.get(clause_id)]:
        what = f"no notice for clause {missing[0]}"
        raise PolicyInvalid(
            file, len(text.splitlines()) or 1, what, f'Add ["{missing[0]}"] with one text a language'
        )
    return replace(policy, notices=notices)


def _examples(
    parts: Outline, front: FrontMatter, clauses: tuple[Clause, ...], file: str
) -> tuple[tuple[Example, ...], ...]:
    """The boundary examples: every policy has some, but what is restricted is never put into words."""
    section = parts.sections.get(EXAMPLES)
    if front.restricted:
        if section is not None:
            mend = "Take the section out: its rules must do in prose"
            raise PolicyInvalid(file, section.line, "a restricted policy has examples", mend)
        return ()
    if section is None:
        last = parts.sections["PRECEDENCE"].line
        raise PolicyInvalid(file, last, f"section {EXAMPLES} is missing after PRECEDENCE", "Write it")
    return example_groups(section, clauses, file)


def _check_sides(parts: Outline, violating: tuple[Clause, ...], safe: tuple[Clause, ...], file: str) -> None:
    if both := sorted({clause.id for clause in violating} & {clause.id for clause in safe}):
        line = parts.sections["SAFE"].line
        raise PolicyInvalid(file, line, f"clause {both[0]} stands in VIOLATES and in SAFE", "Renumber one")
