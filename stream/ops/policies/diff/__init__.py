"""Policies and sets beside an earlier state of them, by clause, as people read it."""
