"""The edges: where Kafka, model engines, stores and servers are imported, each behind a port."""
