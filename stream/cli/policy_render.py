"""`sluice policy render`: a policy as it is judged, with all that it inherits."""

from typing import Annotated

import typer

from stream.cli.output import Json, say, tell
from stream.cli.policy_text import folder_of
from stream.core.policy.lineage import Whole
from stream.core.prompt import developer_message
from stream.ops.policies.rendering import as_json

EXAMPLES = """Examples:

`sluice policy render harassment`

`sluice policy render harassment --prompt` (what the model reads, to the letter)"""


def render(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(metavar="POLICY", help="The policy.")],
    prompt: Annotated[
        bool, typer.Option("--prompt", help="Only the developer message, as the model gets it.")
    ] = False,
    json: Json = False,
) -> None:
    """Show a policy as it is judged; beside each line, who wrote it: the policy, or one that it extends.

    Rules of a restricted policy are prose, and are shown.
    """
    whole = folder_of(ctx).whole(name)
    if json:
        tell(as_json(whole))
    elif prompt:
        typer.echo(developer_message([whole.policy]))
    else:
        _told(whole)


def _told(whole: Whole) -> None:
    rendered = whole.rendered
    say((rendered.name, "bold"), "".join(f" extends {name}" for name in rendered.extends))
    say((whole.policy.digest, "dim"))
    for one in rendered.without:
        say(("taken out ", "red"), f"{one.clause} by {one.policy}: {one.why}")
    say("")
    places = [f"{line.origin.policy}:{line.origin.line}" for line in rendered.lines]
    wide = max(map(len, places))
    for place, line in zip(places, rendered.lines, strict=True):
        own = line.origin.policy == rendered.name
        say((f"{place:>{wide}} │ ", "dim" if own else "cyan"), line.text)
