"""The loop that Faust runs on here is the tests' own: whoever imports it first chooses."""

import pytest

with pytest.MonkeyPatch.context() as patch:
    patch.setenv("FAUST_LOOP", "aio")
    import stream.adapters.faust  # noqa: F401
