"""What a find in a message counts for by where it stands: denied, quoted, a topic, or part of another thing. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from watchbill.decisions.lexicon import Find
from watchbill.decisions.models import Intent, Language

BELONGS, IS_TOPIC, ASKED_ABOUT = 0.35, 0.12, 0.3
"""What an object counts for that belongs to another, that is what a text is about, and that is asked about."""
SOFTENED, LACKING = 0.4, 0.75
BESIDE, COMPOUND = 0.85, 0.3
"""What an object counts for after another one, and as the part of a compound that is not its head."""
_MOST_DEPTH = 2
_BEFORE_START = 1


class Scope(StrEnum):
    """What is said of what follows in a clause."""

    DENIED = "denied"
    EXCLUDED = "excluded"
    SOFTENED = "softened"
    LACKING = "lacking"


_FACTOR = {None: 1.0, Scope.DENIED: 0.0, Scope.EXCLUDED: 0.0, Scope.SOFTENED: SOFTENED, Scope.LACKING: LACKING}
_OPENS = {
    "negation": Scope.DENIED,
    "exclusion": Scope.EXCLUDED,
    "softened": Scope.SOFTENED,
    "lacking": Scope.LACKING,
}


@dataclass(frozen=True, slots=True)
class Placed:
    """A find and what it counts for, from 0 to 1. `denied` is whether it was said not to be wanted."""

    find: Find
    factor: float
    denied: bool


class Reader:
    """Reads the finds of a message in their order and says of each what it counts for."""

    def __init__(self, finds: Sequence[Find], language: Language, first_of: Mapping[int, int]) -> None:
        self._finds = finds
        self._english = language == Language.ENGLISH
        self._measured = any(find.concept.name == "measured" for find in finds) or _asks_for_figures_of_ones_own(finds)
        self._wondering = any(find.concept.role == "wondering" for find in finds)
        self._demanded = any(find.concept.role in ("wish", "make") for find in finds)
        self._first_of = first_of
        self._objects = 0
        self._clause = -1
        self._begin()

    def _begin(self) -> None:
        self._scope: Scope | None = None
        self._covered = self._about = self._asked = self._headed = False
        self._depth, self._governs = 0, 1.0

    def placed(self) -> Iterator[Placed]:
        """Every find with what it counts for; those that only shape scopes count for nothing."""
        for at, find in enumerate(self._finds):
            if find.words[0].clause != self._clause:
                self._clause = find.words[0].clause
                self._begin()
            if find.words[0].quoted:
                continue
            yield Placed(find, self._factor(at, find), self._denies())

    def _denies(self) -> bool:
        return self._scope in (Scope.DENIED, Scope.EXCLUDED)

    def _factor(self, at: int, find: Find) -> float:
        match find.concept.role:
            case "negation" | "exclusion" | "softened" | "lacking":
                self._scope, self._covered = _OPENS[find.concept.role], False
            case "contrast":
                self._begin()
            case "topic":
                self._about = self._about or self._headed
            case "belonging":
                starts = not self._headed and self._starts(at)
                self._depth = min(_MOST_DEPTH, self._depth + 1) if self._headed or starts else 0
            case "wish" | "make":
                self._demand(at)
            case "question":
                return self._question(at, find)
            case "act":
                return self._act(at, find)
            case "object":
                return self._object(at, find)
            case "sign":
                return self._sign(find)
            case "courtesy":
                return 1.0
        return 0.0

    def _demand(self, at: int) -> None:
        """A verb of wishing or making: it ends what is denied once something was, and begins anew."""
        if self._scope == Scope.EXCLUDED or (self._scope and self._covered):
            self._scope = None
        if not self._about and not self._after_belonging(at):
            self._depth, self._governs, self._headed = 0, 1.0, False

    def _question(self, at: int, find: Find) -> float:
        if self._about or self._denies() or self._measured:
            return 0.0
        if not (find.words[0].asked or self._starts(at) or self._wondering):
            return 0.0
        self._asked = True
        return 1.0

    def _starts(self, at: int) -> bool:
        """Whether a find is the first of its clause, a word or two aside."""
        find = self._finds[at]
        return find.at - self._first_of[find.words[0].clause] <= _BEFORE_START

    def _act(self, at: int, find: Find) -> float:
        self._demand(at)
        factor = self._place(find)
        self._governs = min(self._governs, find.concept.governs)
        return factor

    def _sign(self, find: Find) -> float:
        factor = _FACTOR[self._scope] * (IS_TOPIC if self._about else 1.0)
        return factor * self._governs if Intent.ANALYSIS in find.concept.tells else factor

    def _object(self, at: int, find: Find) -> float:
        factor = self._place(find) * self._governs * BESIDE ** min(self._objects, 3)
        self._covered = self._headed = True
        if self._is_part(at):
            return factor * COMPOUND
        self._objects += factor > 0
        return factor

    def _place(self, find: Find) -> float:
        """What a place in a clause counts for: by scope, topic, question and how deep it belongs."""
        merely = find.words[0].asked and not self._demanded
        asked = ASKED_ABOUT if (self._asked or merely) and Intent.ANALYSIS not in find.concept.tells else 1.0
        return _FACTOR[self._scope] * (IS_TOPIC if self._about else 1.0) * asked * BELONGS**self._depth

    def _after_belonging(self, at: int) -> bool:
        before = self._finds[at - 1] if at else None
        return bool(before and before.concept.role == "belonging" and before.at + 1 == self._finds[at].at)

    def _is_part(self, at: int) -> bool:
        """Whether an object is the part of a compound that is not its head: that is the last in English."""
        other = at + 1 if self._english else at - 1
        if not 0 <= other < len(self._finds):
            return False
        first, second = sorted((self._finds[at], self._finds[other]), key=lambda find: find.at)
        return (
            self._finds[other].concept.role == "object"
            and first.at + first.length == second.at
            and first.words[0].clause == second.words[0].clause
        )


def _asks_for_figures_of_ones_own(finds: Sequence[Find]) -> bool:
    """Whether a clause asks for figures of what the person has: that is no question about how things work."""
    figures = {find.words[0].clause for find in finds if find.concept.name in ("figures", "analysis", "doing_well")}
    return any(find.concept.role == "own" and find.words[0].clause in figures for find in finds)
