"""Clients of Sluice's own HTTP pages."""

from stream.adapters.http.ledger import LedgerClient

__all__ = ["LedgerClient"]
