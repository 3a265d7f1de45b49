"""What a message is taken to want: how likely each intent is, by which words, and what was ruled out. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from watchbill.decisions.features import features_of, spoken
from watchbill.decisions.lexicon import lexicon
from watchbill.decisions.models import LEAST_CONFIDENCE, MOST_CONFIDENCE, Channel, Intent, Medium
from watchbill.decisions.scopes import Placed, placed
from watchbill.decisions.text import Message
from watchbill.decisions.weights import INTENTS, Scores, weights

_MEDIA = {medium.value: medium for medium in Medium}
_LEAST_TELLING = 0.02
"""Words that add less than this are not named as a reason."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """The chances of the intents, the words that tell most for the first, what is ruled out, and media to be made."""

    chances: dict[Intent, float]
    words: tuple[str, ...]
    denied: tuple[str, ...]
    media: tuple[Medium, ...]

    @property
    def ranked(self) -> list[Intent]:
        """The intents, likeliest first; equal ones in their order."""
        return sorted(self.chances, key=lambda intent: -self.chances[intent])

    @property
    def intent(self) -> Intent:
        """The likeliest."""
        return self.ranked[0]

    @property
    def confidence(self) -> float:
        """How likely the intent is, within the bounds of what may be claimed."""
        return min(MOST_CONFIDENCE, max(LEAST_CONFIDENCE, self.chances[self.intent]))


def weigh(message: Message, channels: Sequence[Channel]) -> Verdict:
    """The verdict on a message; one without words is talk."""
    finds = list(lexicon().find(message.words))
    words = spoken(message.words, finds)
    learned = weights()
    scores = learned.scores(features_of(message, words, finds, channels), words)
    chances = scores.chances(learned.temperature)
    if not message.words:
        chances = {intent: float(intent == Intent.SMALLTALK) for intent in INTENTS}
    places = list(placed([find for find in finds if not find.words[0].quoted]))
    verdict = Verdict(chances, (), _denied(places), _media(places))
    return replace(verdict, words=_telling(message, scores, verdict.intent))


def _telling(message: Message, scores: Scores, intent: Intent) -> tuple[str, ...]:
    """The words that speak most for an intent, compared with what they say for all."""
    at = INTENTS.index(intent)
    written = {word.start: word.written for word in message.words}
    added = {start: parts[at] - sum(parts) / len(parts) for start, parts in scores.by_word.items()}
    most = sorted((start for start in added if added[start] > _LEAST_TELLING), key=lambda start: -added[start])
    return tuple(dict.fromkeys(written[start] for start in most))


def _denied(places: Sequence[Placed]) -> tuple[str, ...]:
    return tuple(place.find.written for place in places if place.denied and place.find.concept.role == "object")


def _media(places: Sequence[Placed]) -> tuple[Medium, ...]:
    found = [place.find for place in places if not place.denied]
    return tuple(dict.fromkeys(_MEDIA[find.concept.name] for find in found if find.concept.name in _MEDIA))
