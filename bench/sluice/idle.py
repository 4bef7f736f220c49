"""A process that costs a judge's start and then does nothing: what faults do to a machine by themselves."""

import time

import bench.sluice.judge  # noqa: F401 - for its cost
from bench.errand import tell

if __name__ == "__main__":
    tell("ready")
    while True:
        time.sleep(60)
