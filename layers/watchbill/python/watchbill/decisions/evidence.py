"""What speaks for each intent in a message, with weights, and how far the first is ahead of the second. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from watchbill.decisions.lexicon import Find, lexicon
from watchbill.decisions.models import Channel, Intent, Language
from watchbill.decisions.scopes import Placed, Reader
from watchbill.decisions.text import Message, table

FURTHER = 0.35
"""What each further piece of evidence for an intent counts for, beside the one before: mentions do not add up."""
WEAK = 0.8
"""Below this, nothing in a message tells what is wanted."""
ASKED_FOR_CONTENT = 1.0
MERE_QUESTION, NOTHING_TOLD = 0.6, 0.3
LOOKED_BACK = 1.8
_TELLING = ("object", "sign", "act", "question")
ASIDE = 0.5
"""What evidence counts for in a sentence without a demand, where another has one."""
OPENS_WITHIN, OPENING_REACHES = 1, 5
"""A message whose first or second word is something to be made asks for it without a verb, unless another thing
is near: the bell of the church is none."""
_PAST = table(
    """
    did was were has have had ha han hemos fue fueron tuvo tuvieron hubo estuvo been
    """
)
MERELY_ASKED, ELSEWHERE = 1.2, 0.1
"""What it counts for that something is asked and nothing wished, and what words of ours do in talk of other things."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of evidence: the words, as written, and what they count for."""

    intent: Intent
    words: str
    weight: float


@dataclass(frozen=True, slots=True)
class Verdict:
    """The scores of intents, what they come from, and what was said not to be wanted."""

    scores: dict[Intent, float]
    pieces: tuple[Piece, ...]
    denied: tuple[str, ...]
    media: tuple[str, ...]

    @property
    def ranked(self) -> list[Intent]:
        """The intents, best first; equal ones in their order."""
        return sorted(self.scores, key=lambda intent: -self.scores[intent])

    @property
    def intent(self) -> Intent:
        """The one that most speaks for."""
        return self.ranked[0]

    @property
    def margin(self) -> float:
        """How far the first is ahead of the second."""
        first, second = self.ranked[:2]
        return self.scores[first] - self.scores[second]


def weigh(message: Message, language: Language, channels: Sequence[Channel]) -> Verdict:
    """The evidence of a message; what is quoted counts only where nothing else does."""
    finds = list(lexicon().find(message.words))
    first_of: dict[int, int] = {}
    for at, word in enumerate(message.words):
        first_of.setdefault(word.clause, at)
    placed = list(Reader(finds, language, first_of).placed())
    verdict = _verdict(message, placed, channels)
    if verdict.pieces or not any(find.words[0].quoted for find in finds):
        return verdict
    return _verdict(message, list(Reader([_unquoted(find) for find in finds], language, first_of).placed()), channels)


def _verdict(message: Message, placed: Sequence[Placed], channels: Sequence[Channel]) -> Verdict:
    aside = _aside(placed)
    pieces = [
        Piece(
            intent,
            place.find.written,
            weight * place.factor * place.find.weight * (ASIDE if place.find.words[0].sentence in aside else 1.0),
        )
        for place in placed
        for intent, weight in place.find.concept.tells.items()
        if place.factor > 0
    ]
    scores = _scores(pieces)
    demanded = any(place.find.concept.role in ("wish", "make", "act") for place in placed)
    merely = message.asks and not any(place.find.concept.role in ("wish", "make") for place in placed)
    if merely and _looks_back(message, placed, channels):
        scores[Intent.QUESTION] = scores.get(Intent.QUESTION, 0.0) * ASIDE
        pieces.append(Piece(Intent.ANALYSIS, "", LOOKED_BACK))
        scores[Intent.ANALYSIS] = scores.get(Intent.ANALYSIS, 0.0) + LOOKED_BACK
    if merely and Intent.ANALYSIS not in scores and (_beside_courtesy(pieces) or not scores):
        scores[Intent.QUESTION] = scores.get(Intent.QUESTION, 0.0) + MERELY_ASKED
    if _is_of_other_things(placed) and not (demanded or channels):
        scores = {intent: score * ELSEWHERE for intent, score in scores.items() if intent != Intent.SMALLTALK}
    courteous = scores.pop(Intent.SMALLTALK, 0.0)
    chatting = any(place.find.concept.name == "chatting" for place in placed)
    if max(scores.values(), default=0.0) < WEAK and channels and demanded:
        pieces.append(Piece(Intent.SINGLE_POST, ", ".join(channels), ASKED_FOR_CONTENT))
        scores[Intent.SINGLE_POST] = max(scores.get(Intent.SINGLE_POST, 0.0), ASKED_FOR_CONTENT)
    told = max(scores.values(), default=0.0)
    scores[Intent.SMALLTALK] = courteous if chatting or told < WEAK else 0.0
    if not courteous and told < WEAK:
        _guess(message, scores, channels)
    return Verdict(
        {intent: scores.get(intent, 0.0) for intent in Intent},
        tuple(pieces),
        tuple(place.find.written for place in placed if place.denied and place.find.concept.role == "object"),
        _media(placed),
    )


def _scores(pieces: Iterable[Piece]) -> dict[Intent, float]:
    weights: defaultdict[Intent, list[float]] = defaultdict(list)
    for piece in pieces:
        weights[piece.intent].append(piece.weight)
    return {
        intent: sum(weight * FURTHER**rank for rank, weight in enumerate(sorted(found, reverse=True)))
        for intent, found in weights.items()
    }


def _aside(placed: Sequence[Placed]) -> set[int]:
    """The sentences that only tell a story, where others ask for something."""
    demanding = {
        place.find.words[0].sentence
        for place in placed
        if place.find.concept.role in ("wish", "make") or (place.find.concept.role == "act" and place.factor > 0)
    }
    telling = {
        place.find.words[0].sentence for place in placed if place.factor > 0 and place.find.concept.role in _TELLING
    }
    asking = {place.find.words[0].sentence for place in placed if place.find.words[0].asked}
    return telling - demanding - asking if telling & demanding else set()


def _is_of_other_things(placed: Sequence[Placed]) -> bool:
    """Whether a message speaks of things that no work is about, and does not begin by asking for some."""
    others = [place.find.at for place in placed if place.find.concept.name == "elsewhere"]
    first = next((place.find.at for place in placed if place.find.concept.role == "object" and place.factor > 0), None)
    return bool(others) and (first is None or first > OPENS_WITHIN or min(others) <= first + OPENING_REACHES)


def _beside_courtesy(pieces: Iterable[Piece]) -> bool:
    """Whether there is evidence of anything but talk."""
    return any(piece.intent != Intent.SMALLTALK for piece in pieces)


def _looks_back(message: Message, placed: Sequence[Placed], channels: Sequence[Channel]) -> bool:
    """Whether it is asked how something of one's own went: in the past, about what is published or measured."""
    about = bool(channels) or any(
        place.find.concept.role in ("object", "own") or place.find.concept.name == "figures" for place in placed
    )
    return about and any(word.asked and _is_past(word.folded) for word in message.words)


def _is_past(word: str) -> bool:
    return word in _PAST or (len(word) > 5 and word.endswith(("aron", "ieron")))


def _guess(message: Message, scores: dict[Intent, float], channels: Sequence[Channel]) -> None:
    """Where nothing tells what is wanted: an answer where it is asked, a post where a network is named, else talk."""
    if message.asks:
        scores[Intent.QUESTION] = max(scores.get(Intent.QUESTION, 0.0), MERE_QUESTION)
    elif channels:
        scores[Intent.SINGLE_POST] = max(scores.get(Intent.SINGLE_POST, 0.0), NOTHING_TOLD)
    elif max(scores.values(), default=0.0) < NOTHING_TOLD:
        scores[Intent.SMALLTALK] = NOTHING_TOLD


def _media(placed: Sequence[Placed]) -> tuple[str, ...]:
    wanted = [place.find.concept.name for place in placed if place.factor > 0]
    return tuple(dict.fromkeys(name for name in wanted if name in ("video", "audio", "image")))


def _unquoted(find: Find) -> Find:
    return replace(find, words=tuple(replace(word, quoted=False) for word in find.words))
