"""What a calibration leaves behind: a page to read, and the set's file changed."""

from collections.abc import Sequence
from pathlib import Path

from stream.adapters.policies import PolicyFolder
from stream.adapters.text_files import read_text
from stream.cli.output import note
from stream.cli.written import replace_text
from stream.core.control.promotion import set_file
from stream.core.policy.set_text import parse_set
from stream.ops.calibration.collection import Collected
from stream.ops.calibration.edit import with_proposal
from stream.ops.calibration.proposal import Aim, Proposal
from stream.ops.calibration.wording import outcome


def write_report(
    path: Path,
    result: Sequence[Proposal],
    found: Collected,
    aim: Aim,
    about: tuple[tuple[str, str], ...],
) -> None:
    """Write the page; `about` heads it. Raises `BadInput` where it cannot be written."""
    from stream.ops.calibration.page import page
    from stream.ops.report import page_html

    replace_text(path, page_html(page(result, found.passed, aim, about)))
    note(f"report: {path}")


def write_set(folder: PolicyFolder, name: str, result: Sequence[Proposal]) -> None:
    """Change the set's file, whole or not at all; a changed file is read back before it is put in place.

    Raises:
        PolicyInvalid: the changed file would not hold together.
        BadInput: it cannot be written.
    """
    path = folder.root / set_file(name)
    certified = [proposal for proposal in result if proposal.calibration is not None]
    text = before = read_text(path)
    for proposal in certified:
        text = with_proposal(text, str(path), proposal)
    if text == before:
        note("nothing is certified: the set stays as it is")
        return
    parse_set(text, str(path), name, folder.ids(), folder.policy)
    replace_text(path, text)
    changed = ", ".join(f"{one.policy} ({outcome(one)})" for one in certified)
    note(f"written: {path}: {changed}")
    note(f"review it, then `sluice policy promote {name}`")
