"""What an engine counts, for the process's metrics."""

from msgspec import Struct

from stream.core.judgement import Usage


class EngineStats(Struct, kw_only=True):
    """Counts since the engine was made; restarts of the model inside do not reset them."""

    answers: int = 0
    """Questions answered, complete or not."""
    incomplete: int = 0
    """Answers cut off by length or an abort, or without a final channel."""
    prompt_tokens: int = 0
    cached_tokens: int = 0
    """Of the prompts' tokens, those that the prefix cache held."""
    output_tokens: int = 0
    in_flight: int = 0
    """Questions that the engine is working on now."""
    deaths: int = 0
    restarts: int = 0
    """Restarts that succeeded."""
    failed_restarts: int = 0

    @property
    def cache_hit_share(self) -> float:
        """Share of all prompt tokens that came from the prefix cache, 0 to 1; 0 before the first answer."""
        return self.cached_tokens / self.prompt_tokens if self.prompt_tokens else 0.0

    def count(self, usage: Usage, complete: bool) -> None:
        """Add one answer."""
        self.answers += 1
        self.incomplete += not complete
        self.prompt_tokens += usage.prompt
        self.cached_tokens += usage.cached
        self.output_tokens += usage.output
