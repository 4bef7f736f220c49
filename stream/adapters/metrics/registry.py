"""A process's registry: its own, so that two processes of one test never share a number."""

from importlib.metadata import version

from prometheus_client import (
    CollectorRegistry,
    GCCollector,
    Info,
    PlatformCollector,
    ProcessCollector,
    disable_created_metrics,
)

disable_created_metrics()  # type: ignore[no-untyped-call]  # a second series for each counter and histogram, which nobody asks for


def new_registry(process: str) -> CollectorRegistry:
    """A registry with what any process tells: CPU, memory, files, garbage, Python, and its own version."""
    registry = CollectorRegistry()
    ProcessCollector(registry=registry)
    PlatformCollector(registry=registry)
    GCCollector(registry=registry)
    build = Info("sluice_build", "Which process this is, and its version", registry=registry)
    build.info({"process": process, "version": version("sluice")})
    return registry
