"""Answers kept on disk, so that a long run goes on where it stopped and nothing is paid for twice."""

from stream.adapters.answers.remembering import Heard, RememberingEngine
from stream.adapters.answers.store import AnswerStore, Kept, answer_key
from stream.adapters.answers.table import DiskTable

__all__ = ["AnswerStore", "DiskTable", "Heard", "Kept", "RememberingEngine", "answer_key"]
