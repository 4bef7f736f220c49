"""`sluice rules`: what the operators' rules say, and what a rule would have taken, before it is in force."""

import typer

from stream.cli.rules import check, publish, trial
from stream.cli.status import Group

EXAMPLES = """Examples:

`sluice rules check`

`sluice rules try rules/wave.toml`"""

app = typer.Typer(
    cls=Group,
    no_args_is_help=True,
    rich_markup_mode="markdown",
    help="Operators' rules: check them, try one on the last hour, put some in force in every triage.",
    epilog=EXAMPLES,
)
app.command(epilog=check.EXAMPLES)(check.check)
app.command("try", epilog=trial.EXAMPLES)(trial.tried)
app.command(epilog=publish.EXAMPLES)(publish.publish)
app.command("withdraw", epilog=publish.WITHDRAW_EXAMPLES)(publish.withdrawn)
