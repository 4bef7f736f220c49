"""One suite for every Kafka port, run against the in-memory twin and against a real broker."""
