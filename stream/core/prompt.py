"""The prompt: one policy, or several, as the developer message; the content as the user message. Pure text.

The developer message depends on nothing but the policies, so it is the same bytes for the same digests, comes
first, and an engine's prefix cache holds it. It has no notices, reviewers' notes or golden cases.
"""

from collections.abc import Sequence
from hashlib import sha256

from stream.core.content import ThreadItem
from stream.core.judgement import Question
from stream.core.policy import MAX_SEVERITY, Example, Policy, PolicyResult
from stream.core.result import MAX_FINDINGS

MARK_DIGITS = 20
"""Of the digest in a mark: to find a text that holds its own would take about 2^80 tries."""
BUNDLED_GROUPS = 1
"""Groups of examples that a policy keeps among others: OpenAI's guide wants bundled policies short."""
_FORM = (
    '{"label": "safe" or "violates" or "needs_context", "findings": [{"clause": id, "quote": words}], '
    f'"severity": 0 to {MAX_SEVERITY}, "confidence": "low" or "medium" or "high", "rationale": text, '
    '"remediation": text}'
)
_FIELDS = f"""\
violates: cite the broken VIOLATES clauses and their severity. safe: cite the SAFE clauses that decide, or
none; severity 0. needs_context: cite the clause in doubt; severity 0.
findings: at most {MAX_FINDINGS}; quote the fewest words of the TARGET that show it, copied exactly, without
double quotes. confidence: how sure you are of the label. rationale: one or two English sentences for a
reviewer; name no clause that findings lacks. remediation: what the author could change; empty if safe."""
_OUTPUT = f"# OUTPUT\nOne JSON object on one line and nothing else:\n{_FORM}\n{_FIELDS}"


def developer_message(policies: Sequence[Policy]) -> str:
    """Render what a question asks under; the output's form stands near the top and again at the end.

    Policies that are asked together come in the order of their ids, each with its first examples only.
    """
    return _alone(policies[0]) if len(policies) == 1 else _bundled(policies)


def _alone(policy: Policy) -> str:
    parts = [
        f"POLICY: {policy.title}",
        f"# INSTRUCTIONS\n{policy.instructions}",
        _OUTPUT,
        policy.body,
        f"# OUTPUT, AGAIN\n{_FORM}",
    ]
    return "\n\n".join([*parts, *_examples(policy.examples)])


def _bundled(policies: Sequence[Policy]) -> str:
    form = "{" + ", ".join(f'"{policy.id}": RESULT' for policy in policies) + "}"
    output = f"One JSON object on one line and nothing else:\n{form}\nEach RESULT is {_FORM}"
    parts = [
        f"{len(policies)} POLICIES. Judge the TARGET under each as if the others were not there.",
        f"# OUTPUT\n{output}\n{_FIELDS}",
    ]
    for policy in policies:
        parts += [
            f'POLICY "{policy.id}": {policy.title}',
            f"# INSTRUCTIONS\n{policy.instructions}",
            policy.body,
            *_examples(policy.examples[:BUNDLED_GROUPS]),
        ]
    return "\n\n".join([*parts, f"# OUTPUT, AGAIN\n{output}"])


def _examples(groups: Sequence[tuple[Example, ...]]) -> list[str]:
    return ["# EXAMPLES\n" + "\n\n".join(map(_group, groups))] if groups else []


def user_message(question: Question) -> str:
    """Render the content: thread and target apart, each between marks that no text can contain.

    A mark carries a digest of everything it encloses, so a post that imitates one changes it.
    """
    mark = _mark(question)
    parts = []
    if question.thread:
        parts.append(
            f"THREAD {mark} (context, oldest first)\n{_thread(question.thread, mark)}\nEND OF THREAD {mark}"
        )
    parts.append(f"TARGET {mark}\n{question.text}\nEND OF TARGET {mark}")
    asked = "the policy" if len(question.policies) == 1 else "each policy"
    parts.append(f"Judge the TARGET by {asked}. Answer with the JSON object.")
    return "\n\n".join(parts)


def _group(examples: tuple[Example, ...]) -> str:
    return "\n".join(map(_example, examples))


def _example(example: Example) -> str:
    severity = f" severity {example.severity}" if example.result is PolicyResult.VIOLATES else ""
    return f'"{example.text}" => {example.result} {example.clause}{severity}: {example.because}'


def _mark(question: Question) -> str:
    digest = sha256()
    for text in (question.text, *(item.text for item in question.thread)):
        digest.update(text.encode(errors="surrogatepass") + b"\xff")
    return f"[{digest.hexdigest()[:MARK_DIGITS]}]"


def _thread(items: Sequence[ThreadItem], mark: str) -> str:
    """Number the speakers by first appearance, so that who answers whom is visible and nobody is named.

    Each carries the mark, or a line of a text could speak for somebody else.
    """
    speakers: dict[str | None, int] = {}
    lines = []
    for item in items:
        speaker = speakers.setdefault(item.author, len(speakers) + 1)
        lines.append(f"Speaker {speaker} {mark}: {item.text}")
    return "\n".join(lines)
