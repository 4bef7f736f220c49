"""Label values from free text, kept few: each distinct one is a time series for ever."""

OTHER = "other"


class Words:
    """Lets the first distinct values through and calls all later ones `OTHER`.

    Args:
        most: how many distinct values there may be.
    """

    def __init__(self, most: int = 40) -> None:
        self._most = most
        self._known: set[str] = set()

    def of(self, text: str) -> str:
        """The label for a text: what stands before its first colon, as far as it is still new or known."""
        word = text.partition(":")[0].strip()[:80] or "none"
        if word not in self._known:
            if len(self._known) >= self._most:
                return OTHER
            self._known.add(word)
        return word
