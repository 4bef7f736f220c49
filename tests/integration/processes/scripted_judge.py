"""A judge whose engine does what the post says: `python scripted_judge.py FOLDER`.

`stuck` never answers; `breaks SP2.a …` breaks that clause, and is quoted and reasoned about; anything else is
safe. While FOLDER/down exists nothing is answered at all; while FOLDER/firm exists all posts are harassment.
The most questions that were in hand at once stand in FOLDER/most. Where FOLDER/endless exists
nothing begins: the engine loads for an hour, on a thread that nobody can stop, as a large model does. Where
FOLDER/older exists it is of a version that cannot read the set `calm`.
"""

import asyncio
import json
import re
import sys
import time
from pathlib import Path
from unittest.mock import patch

from stream import wiring
from stream.adapters.logs import configure
from stream.adapters.memory.engine import ScriptedEngine
from stream.config import load
from stream.core.control import SetPromoted
from stream.core.control.promotion import promoted_set
from stream.core.errors import PolicyInvalid, Unavailable
from stream.core.judgement import Answer, Question
from stream.core.policy.policy_set import PolicySet

SAFE = '{"label":"safe","findings":[],"severity":0,"confidence":"high","rationale":"Fine.","remediation":""}'
VIOLATES = (
    '{"label":"violates","findings":[{"clause":"HR1.a","quote":"%s"}],"severity":2,"confidence":"high",'
    '"rationale":"Rude.","remediation":""}'
)


class Script:
    """Answers, and counts what is in hand."""

    def __init__(self, folder: Path) -> None:
        self._down = folder / "down"
        self._firm = folder / "firm"
        self._most = folder / "most"
        self._in_hand: set[str] = set()
        self._peak = 0

    async def answer(self, question: Question) -> Answer:
        """As the post says; a case counts once, however many policies it is asked under."""
        case = question.id.rpartition(":")[0].rpartition(":")[0]
        self._in_hand.add(case)
        if len(self._in_hand) > self._peak:
            self._peak = len(self._in_hand)
            self._most.write_text(str(self._peak))
        try:
            if self._down.exists():
                raise Unavailable("the engine is down")
            await asyncio.sleep(3_600 if question.text == "stuck" else 0.02)
        finally:
            self._in_hand.discard(case)
        if self._firm.exists() and question.policies[0].id == "harassment":
            word = re.search(r"\w+", question.text)
            return Answer(final=VIOLATES % (word[0] if word else ""), complete=True)
        if question.text.startswith("breaks "):
            return broken(question)
        return Answer(final=SAFE, complete=True)


def broken(question: Question) -> Answer:
    """An answer that cites the clause which the post names, with the post's own words everywhere."""
    policy, text = question.policies[0], question.text
    clause = policy.clause(text.split()[1])
    final = {
        "label": "violates",
        "findings": [{"clause": text.split()[1], "quote": text}],
        "severity": clause.severities[-1] if clause is not None else 1,
        "confidence": "high",
        "rationale": text,
        "remediation": text,
    }
    return Answer(final=json.dumps(final), complete=True, reasoning=text)


class Loading(ScriptedEngine):
    """An engine that is not ready for an hour."""

    async def start(self) -> None:
        """Load, as vLLM does, beside the loop."""
        await asyncio.to_thread(time.sleep, 3_600)


def read_by_an_older_version(event: SetPromoted) -> PolicySet:
    """What a version does that does not know all that a set may say."""
    if event.name == "calm":
        raise PolicyInvalid("sets/calm.toml", 3, "unknown key `calm`", "Leave it out")
    return promoted_set(event)


if __name__ == "__main__":
    settings = load().settings
    configure("judge", "info", "json")
    folder = Path(sys.argv[1])
    engine = Loading if (folder / "endless").exists() else ScriptedEngine
    if (folder / "older").exists():
        patch("stream.adapters.policies.promoted.promoted_set", read_by_an_older_version).start()
    wiring.run_judge(settings, engine(Script(folder).answer))
