"""How an evaluation looks in a terminal: the headline's figures, and where the page is."""

from pathlib import Path

from stream.cli.output import say
from stream.ops.evaluation.labelled.result import Result


def show(result: Result, report: Path) -> None:
    """Print it; `report`: the page."""
    overall, matrix = result.overall, result.matrix
    if result.setup.no_evidence:
        say((result.setup.no_evidence, "yellow"))
    say((f"{'data':<16}", "dim"), result.setup.drawn)
    rows = {
        "recall": overall.flagged.recall,
        "false flags": overall.flagged.false_flags,
        "precision": overall.flagged.precision,
        "F1": overall.flagged.f1,
        "exact match" if len(matrix.policies) > 1 else "accuracy": matrix.exact,
        "left to people": overall.to_people,
    }
    if result.classifier is not None:
        rows["classifier's F1"] = result.classifier.overall.measures().f1
    for name, one in rows.items():
        say((f"{name:<16}", "dim"), str(one))
    say("report ", (str(report), "bold"))
