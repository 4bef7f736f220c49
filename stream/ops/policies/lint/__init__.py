"""What makes a policy's text work badly with a reasoning model: each rule a small pure function, with why."""

from stream.ops.policies.lint.finding import Finding, Level
from stream.ops.policies.lint.linting import Linted, lint
from stream.ops.policies.lint.reading import Shelf, read_folder
from stream.ops.policies.lint.rules import RULES
from stream.ops.policies.lint.sarif import sarif

__all__ = ["RULES", "Finding", "Level", "Linted", "Shelf", "lint", "read_folder", "sarif"]
