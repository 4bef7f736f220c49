"""The log of a process: one line an event on standard error, for machines or for people.

Everywhere else plain `logging` is used; what stands in `extra` becomes fields of the line:
`log.info("partition restored", extra={"partition": 3, "entries": 1200})`.
"""

from stream.adapters.logs.setup import configure

__all__ = ["configure"]
