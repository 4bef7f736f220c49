"""Notices: what authors are told where the model decided."""

from collections.abc import Iterator

from stream.ops.policies.lint.draft import Draft
from stream.ops.policies.lint.finding import Found, Level
from stream.ops.policies.lint.rule import Rule


def _missing(draft: Draft) -> Iterator[Found]:
    notices = draft.policy.notices
    if not notices:
        yield Found(
            draft.page.holding("id =", "").place(),
            "no clause has a notice",
            "Write `notices.toml`: one text a clause and language, by people",
        )
        return
    own = draft.page.clauses()
    for clause_id, texts in notices.items():
        missing = [language for language in draft.policy.languages if language not in texts]
        if missing and clause_id in own:
            yield Found(
                draft.page.clause(clause_id),
                f"the notice of {clause_id} is missing in {', '.join(missing)}",
                "Write it in every language of the policy",
            )


NOTICE_MISSING = Rule(
    "notice-missing",
    Level.WARNING,
    "An author whose post is restricted is told why in words that people wrote; without a notice in nobody's"
    " words.",
    "Write one text a clause and language in `notices.toml`.",
    _missing,
)
