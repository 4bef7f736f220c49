"""Policies at work: their golden cases against an engine, their texts against what a model reads well."""
