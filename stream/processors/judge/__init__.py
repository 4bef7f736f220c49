"""The judge: what it asks a model about one case, how it puts the answers together, what it keeps of them."""

from stream.processors.judge.judge import Judge

__all__ = ["Judge"]
