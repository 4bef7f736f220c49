"""The concurrent runner as real processes on a real broker: members, faults, lanes, ends."""
