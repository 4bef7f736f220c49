"""Other people's policies: read from Markdown, written in our form as far as they go, never invented upon."""

from stream.ops.policies.pack.packing import Packed, pack
from stream.ops.policies.pack.placing import Imported, place

__all__ = ["Imported", "Packed", "pack", "place"]
