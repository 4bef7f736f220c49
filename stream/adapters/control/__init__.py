"""What operators told through `control`, kept up to date in every process."""

from stream.adapters.control.desk import ControlDesk, Listener

__all__ = ["ControlDesk", "Listener"]
