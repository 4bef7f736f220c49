"""The transactional runner as real processes on a real broker, with directed faults."""
