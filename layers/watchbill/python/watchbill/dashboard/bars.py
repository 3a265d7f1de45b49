"""How far something is used up, as a bar of SVG: how wide it is, and where its mark stands. Pure."""

from dataclasses import dataclass

WIDTH = 100
"""Of the whole bar, in units of the picture."""


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar that is filled up to `filled`, with a mark at `mark`; of more than there is room for it shows how much."""

    filled: float
    mark: float

    @classmethod
    def of(cls, share: float, mark: float) -> "Bar":
        """A share of 1, or of more: then the bar is full, and what was allowed ends before its end."""
        whole = max(share, 1.0)
        return cls(round(WIDTH * max(share, 0.0) / whole, 2), round(WIDTH * mark / whole, 2))
