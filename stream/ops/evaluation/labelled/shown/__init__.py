"""What was measured, as a page."""

from stream.ops.evaluation.labelled.shown.page import page_of

__all__ = ["page_of"]
