"""The yardstick as a side that stays up: a line with the number of a case begins a round there."""

import sys

from bench.errand import Errand, tell
from bench.load import cases
from bench.model import model_folder, options, questions
from bench.rivals.offline import Offline


def main() -> None:
    """Start, and answer a round for each line on standard input."""
    errand = Errand.given()
    settings = options(model_folder(), int(errand.options["slots"]))
    tell("built")
    offline = Offline(settings)
    tell("ready")
    for line in sys.stdin:
        found = offline.measure(questions(cases(errand.count, first=int(line))))
        tell(
            "result",
            tokens=found.output_tokens,
            seconds=found.seconds,
            cached=found.cached_tokens / found.prompt_tokens,
            incomplete=found.incomplete / found.answers,
        )


if __name__ == "__main__":
    main()
