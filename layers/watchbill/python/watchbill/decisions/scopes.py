"""Which finds of a message are denied: said not to be wanted, by what stands before them in their clause. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from watchbill.decisions.lexicon import Find

_OPENS, _CLOSES = frozenset({"negation", "exclusion"}), frozenset({"contrast", "softened", "lacking"})
_DEMANDS = frozenset({"wish", "make", "act"})


@dataclass(frozen=True, slots=True)
class Placed:
    """A find, and whether it was said not to be wanted."""

    find: Find
    denied: bool


def placed(finds: Sequence[Find]) -> Iterator[Placed]:
    """Every find with whether it is denied.

    A denial reaches to the end of its clause, to a contrast ("but"), or to the next demand once it has denied a thing:
    "no me hagas un video, hazme un post". What is excluded ("instead of a post make ...") ends with any demand.
    """
    clause, opened, covered = -1, "", False
    for find in finds:
        role = find.concept.role
        if find.words[0].clause != clause or role in _CLOSES:
            clause, opened, covered = find.words[0].clause, "", False
        if role in _DEMANDS and (opened == "exclusion" or covered):
            opened = ""
        if role in _OPENS:
            opened, covered = role, False
        yield Placed(find, bool(opened) and role not in _OPENS)
        covered = covered or role == "object"
