"""The contract's documents, generated from the event types: JSON Schemas and one AsyncAPI document."""
