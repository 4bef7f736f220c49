"""An engine without a model: decides what resembles the policies' own examples, leaves the rest to people."""

from stream.adapters.exemplar.engine import Exemplar

__all__ = ["Exemplar"]
