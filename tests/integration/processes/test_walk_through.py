"""docs/policies.md, "From an empty file to promoted": its commands do what it says, on a real broker."""

import os
import re
import signal
import subprocess
import sys
import uuid
from pathlib import Path

import pytest
from msgspec import Struct

from stream.adapters.brokers import Broker

PAGE = (Path(__file__).parents[3] / "docs" / "policies.md").read_text(encoding="utf-8")
SECTION = PAGE.split("## 11. From an empty file to promoted\n")[1].split("\n## ")[0]
FENCE = re.compile(r"^```(?P<about>[^\n]+)\n(?P<text>.*?)^```$", re.DOTALL | re.MULTILINE)
SECONDS = 200
"""How long the whole may take; what it printed until then is told."""
MOMENT = r"\d\d:\d\d:\d\d(\.\d+)?"
BETWEEN = "@@@ "
"""Stands before the number and after the output of each command in what the shell prints."""


class Command(Struct):
    """A command of the page, and what the page says that it prints."""

    line: str
    prints: str

    @property
    def fails(self) -> bool:
        """Whether the page shows it refused."""
        return self.prints.startswith("sluice: ")

    def agrees_with(self, printed: str) -> bool:
        """Whether this was printed, but for times, digests, blanks and what is left out."""
        pattern = re.escape(" ".join(self.prints.split())).replace("sha256:…", r"sha256:[0-9a-f]{64}")
        pattern = pattern.replace(r"\ …\ ", r"\ (.*\ )?").replace("…", ".*")
        pattern = re.sub(r"\d\d:\d\d:\d\d(\\\.\d+)?", lambda _: MOMENT, pattern)
        return re.fullmatch(pattern, " ".join(printed.split())) is not None


def commands() -> list[Command]:
    """All commands of the section, in its order."""
    found: list[Command] = []
    for fence in FENCE.finditer(SECTION):
        if fence["about"] != "console":
            continue
        for line in fence["text"].splitlines():
            if line.startswith("$ "):
                found.append(Command(line[2:], ""))
            else:
                found[-1].prints += line + "\n"
    return found


def files() -> dict[str, str]:
    """What the section tells people to write, by its place."""
    policy, notices = (
        next(fence["text"] for fence in FENCE.finditer(PAGE) if fence["about"] == kind)
        for kind in ("markdown", "toml")
    )
    written = {"film/spoilers/policy.md": policy, "film/spoilers/notices.toml": notices}
    shown = (fence["about"].partition(" ")[2] for fence in FENCE.finditer(SECTION))
    texts = (fence["text"] for fence in FENCE.finditer(SECTION))
    return written | {place: text for place, text in zip(shown, texts, strict=True) if place}


def script(lines: list[str]) -> str:
    """Runs the lines in one shell, each between marks with its status; ends what they leave running."""
    told = [f"{line}\necho '{BETWEEN}'{number} $?" for number, line in enumerate(lines)]
    return "\n".join(["exec 2>&1", "trap 'kill $(jobs -p) 2>/dev/null; wait' EXIT", *told])


def typed(text: str, place: Path, environment: dict[str, str]) -> str:
    """What a shell prints that is told this in a folder; nothing that it started is left running."""
    transcript = place / "transcript"
    with transcript.open("wb") as out:
        shell = subprocess.Popen(
            ["bash", "-c", text], cwd=place, env=environment, stdout=out, start_new_session=True
        )
        try:
            shell.wait(SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(shell.pid, signal.SIGTERM)
            shell.wait()
    return transcript.read_text("utf-8")


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """An empty folder with what the section tells people to write."""
    for name, text in files().items():
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    return tmp_path


def test_the_walk_through_does_what_the_page_says(broker: Broker, place: Path) -> None:
    # Given a reader with a broker, an empty installation, and the files of the page
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("SLUICE_")},
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "SLUICE_KAFKA__BOOTSTRAP_SERVERS": broker.bootstrap,
        "SLUICE_TOPICS__PREFIX": f"test-{uuid.uuid4().hex[:8]}.",
    }
    wanted = commands()
    # When every command of the page is typed
    printed_whole = typed(script([command.line for command in wanted]), place, environment)
    told = re.split(rf"^{BETWEEN}\d+ (\d+)\n", printed_whole, flags=re.MULTILINE)
    printed, statuses = told[0::2], told[1::2]
    transcript = "".join(f"$ {one.line}\n{text}" for one, text in zip(wanted, printed, strict=False))
    # Then each ends as the page says
    assert len(statuses) == len(wanted), transcript
    ended = [(one.line, status != "0") for one, status in zip(wanted, statuses, strict=True)]
    assert ended == [(one.line, one.fails) for one in wanted], transcript
    # And prints what the page says
    other = [one.line for one, text in zip(wanted, printed, strict=False) if not one.agrees_with(text)]
    assert not other, f"{other} print something else than docs/policies.md says:\n{transcript}"
