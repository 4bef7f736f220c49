"""Faust is in the ledger's environment, not in the model's; and the loop it runs on is not the tests'."""

import sys
from importlib.util import find_spec

import pytest

collect_ignore_glob = [] if "faust" in sys.modules or find_spec("faust") else ["*.py"]

if find_spec("faust"):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FAUST_LOOP", "aio")
        import stream.adapters.faust  # noqa: F401 - whoever imports it first chooses the loop
