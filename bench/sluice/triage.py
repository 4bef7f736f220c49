"""Triage as it is."""

from bench.errand import Errand, tell
from bench.sluice.installation import settings_of
from stream.wiring import run_triage

if __name__ == "__main__":
    errand = Errand.given()
    tell("ready")
    run_triage(settings_of(errand))
