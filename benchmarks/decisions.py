"""How well the built-in engine understands the labelled utterances: python -m benchmarks.decisions.

Prints, for the part that the engine was written against and for the part that it was not: the shares of intents,
channels and urgency that are right, the calibration error, the confusion of intents, and the shares by language
and by tag.
`--calibrate` prints the steps of `decisions/calibration.py`, and `--misses` what was misunderstood, both by the
development part only.
"""

import argparse
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import NamedTuple

from benchmarks import tables
from tests.support.utterances import Part, Utterance, of_part
from watchbill.decisions.channels import channels_in
from watchbill.decisions.engine import BuiltinEngine, Engine
from watchbill.decisions.evidence import weigh
from watchbill.decisions.languages import language_of
from watchbill.decisions.models import Decision, Facts, Intent
from watchbill.decisions.text import read

TODAY = date(2026, 11, 21)
LEAST_INTENT, LEAST_CHANNELS, MOST_CALIBRATION_ERROR = 0.95, 0.98, 0.08
"""What an engine is held to on the test part."""
BINS = 10
URGENT = 8


class Judged(NamedTuple):
    """An utterance, and what was decided about it."""

    utterance: Utterance
    decision: Decision

    @property
    def intent(self) -> bool:
        """Whether the intent is right."""
        return self.utterance.means(self.decision.intent)

    @property
    def channels(self) -> bool:
        """Whether the channels are those of the label, no more and no fewer."""
        return tuple(sorted(self.decision.entities.channels)) == self.utterance.channels

    @property
    def urgency(self) -> bool:
        """Whether it was seen that it presses, or does not."""
        return (self.decision.urgency >= URGENT) == self.utterance.urgent


def judged(engine: Engine, part: Part) -> list[Judged]:
    """Every utterance of a part, decided by an engine."""
    facts = Facts(today=TODAY)
    return [Judged(utterance, engine.decide(utterance.text, facts)) for utterance in of_part(part)]


def share(found: Sequence[Judged], right: Callable[[Judged], bool]) -> float:
    """The share of what is right."""
    return sum(map(right, found)) / len(found)


def calibration_error(found: Sequence[Judged]) -> float:
    """How far confidence is from the share that is right, over ten bins, weighted by how many are in each."""
    bins: defaultdict[int, list[Judged]] = defaultdict(list)
    for one in found:
        bins[min(BINS - 1, int(one.decision.confidence * BINS))].append(one)
    return sum(
        abs(sum(one.decision.confidence for one in held) - sum(one.intent for one in held)) for held in bins.values()
    ) / len(found)


def isotonic(margins: Iterable[tuple[float, bool]], least: int = 15) -> list[tuple[float, float]]:
    """Steps of margin and share that is right, which never fall: neighbours that would fall, or are few, are one step.

    Each share has one right and one wrong decision added, so that few decisions do not claim certainty.
    """
    blocks: list[tuple[float, int, int]] = []
    for margin, right in sorted(margins):
        blocks.append((margin, int(right), 1))
        while len(blocks) > 1 and (blocks[-2][2] < least or _rate(blocks[-2]) >= _rate(blocks[-1])):
            start, first, many = blocks[-2]
            blocks[-2:] = [(start, first + blocks[-1][1], many + blocks[-1][2])]
    return [(round(start, 2), round((first + 1) / (many + 2), 3)) for start, first, many in blocks]


def _rate(block: tuple[float, int, int]) -> float:
    return block[1] / block[2]


def margin_of(text: str) -> float:
    """How far the evidence of a message is ahead."""
    message = read(text)
    language = language_of(message.words, None)
    return weigh(message, language, channels_in(message.words)).margin


def report(part: Part, found: Sequence[Judged]) -> None:
    """Print the figures of a part."""
    figures = [
        ("intent", share(found, lambda one: one.intent), f">= {LEAST_INTENT}"),
        ("channels", share(found, lambda one: one.channels), f">= {LEAST_CHANNELS}"),
        ("urgency", share(found, lambda one: one.urgency), ""),
        ("calibration error", calibration_error(found), f"<= {MOST_CALIBRATION_ERROR}"),
    ]
    tables.show(
        f"{part}: {len(found)} utterances",
        ("", "share", "target"),
        [(name, f"{value:.3f}", to) for name, value, to in figures],
    )
    confused = Counter((one.utterance.intent, one.decision.intent.value) for one in found if not one.intent)
    right = Counter(one.utterance.intent for one in found if one.intent)
    rows = [
        (wanted.value, *(right[wanted.value] if wanted == got else confused[wanted.value, got.value] for got in Intent))
        for wanted in Intent
    ]
    tables.show(
        "wanted, down; decided, across; alternatives count as wanted", ("", *(got.value[:9] for got in Intent)), rows
    )
    groups: defaultdict[str, list[Judged]] = defaultdict(list)
    for one in found:
        for group in (one.utterance.language, *one.utterance.tags):
            groups[group].append(one)
    shares = [
        (name, len(held), share(held, lambda one: one.intent), share(held, lambda one: one.channels))
        for name, held in sorted(groups.items())
    ]
    tables.show("by language and tag", ("", "utterances", "intent", "channels"), shares)


def main() -> None:
    """Print what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--calibrate", action="store_true")
    parser.add_argument("--misses", action="store_true")
    wanted = parser.parse_args()
    development = judged(BuiltinEngine(), "development")
    if wanted.calibrate:
        print(isotonic((margin_of(one.utterance.text), one.intent) for one in development))
    elif wanted.misses:
        for one in development:
            if not (one.intent and one.channels and one.urgency):
                got = one.decision
                print(f"{one.utterance.id} {one.utterance.intent} -> {got.intent} {got.entities.channels}")
                print(f"    {one.utterance.text[:160]}\n    {one.decision.reasoning}")
    else:
        report("development", development)
        report("test", judged(BuiltinEngine(), "test"))


if __name__ == "__main__":
    main()
