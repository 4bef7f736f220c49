"""The options of `sluice policy backtest`."""

from pathlib import Path
from typing import Annotated

import typer

from stream.cli.moment import moment
from stream.config import EngineKind

Begin = Annotated[int, typer.Option("--from", parser=moment, metavar="TIME", help="From when on.")]
End = Annotated[
    int | None,
    typer.Option("--to", parser=moment, metavar="TIME", help="Until before when.", show_default="now"),
]
Surface = Annotated[str | None, typer.Option(help="Only posts on this surface.")]
Sample = Annotated[int | None, typer.Option(min=1, help="So many posts, drawn at random.")]

Candidate = Annotated[str, typer.Option("--candidate", metavar="SET", help="The set to try.")]
CandidateFolder = Annotated[
    Path | None,
    typer.Option("--candidate-dir", metavar="DIR", help="Its folder.", show_default="policies.dir"),
]
Today = Annotated[
    str | None,
    typer.Option("--today", metavar="SET", help="Compare with this one.", show_default="the set in force"),
]

Engine = Annotated[EngineKind | None, typer.Option(help="What is asked.", show_default="judge.engine")]
Shadowed = Annotated[
    bool, typer.Option("--shadowed", help="Ask nothing: compare what the shadow answered with the judge.")
]
Answers = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE", help="Keeps judgements.", show_default="sluice/judgements.sqlite in the cache"
    ),
]

Report = Annotated[Path | None, typer.Option(metavar="FILE", help="Write a page here.")]
Examples = Annotated[int, typer.Option(min=0, help="Posts shown of each move, at most.")]
PriceIn = Annotated[float | None, typer.Option(min=0, help="Of a million tokens of prompts.")]
PriceOut = Annotated[float | None, typer.Option(min=0, help="Of a million tokens of answers.")]
PriceCached = Annotated[
    float | None, typer.Option(min=0, help="Of a million from the cache.", show_default="--price-in")
]
ShowText = Annotated[bool, typer.Option("--show-text", help="Show what people wrote.")]
