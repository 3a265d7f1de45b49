"""How well an engine understands the labelled utterances: python -m benchmarks.decisions [--engine language_model].

Prints, for the development part, the test part and the weeks of twenty businesses: the shares of intents, channels and
urgency that are right, the calibration error, the confusion of intents, and the shares by language and by tag.
`--misses` prints what was misunderstood of the development part, and of that only.

The weights were learned from the development part and from sentences of their own (`benchmarks/train_decisions.py`).
Of the test part nobody who worked on them saw more than what this prints about it, which was looked at eight times
while they were learned, so its figures may be a little better than those on sentences that played no part whatever.
The weeks were written before three quarters of what was learned from, by nobody who wrote that, and measured thrice.
"""

import argparse
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from datetime import date
from typing import NamedTuple

from benchmarks import tables
from tests.support.utterances import Utterance, of_part, of_weeks
from watchbill.agents.deciding import DecidingModels
from watchbill.agents.language import LanguageModels
from watchbill.decisions.engine import BuiltinEngine, Engine
from watchbill.decisions.modelled import ModelledEngine
from watchbill.decisions.models import Decision, EngineName, Facts, Intent
from watchbill.platform.settings import settings

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


def judged(engine: Engine, utterances: Sequence[Utterance]) -> list[Judged]:
    """Utterances, decided by an engine."""
    facts = Facts(today=TODAY)
    return [Judged(utterance, engine.decide(utterance.text, facts)) for utterance in utterances]


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


def report(name: str, found: Sequence[Judged]) -> None:
    """Print the figures of a set."""
    figures = [
        ("intent", share(found, lambda one: one.intent), f">= {LEAST_INTENT}"),
        ("channels", share(found, lambda one: one.channels), f">= {LEAST_CHANNELS}"),
        ("urgency", share(found, lambda one: one.urgency), ""),
        ("calibration error", calibration_error(found), f"<= {MOST_CALIBRATION_ERROR}"),
    ]
    tables.show(
        f"{name}: {len(found)} utterances",
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


def engine_named(name: EngineName) -> Engine:
    """The built-in engine, or the one that asks the first of the models that are set, and it where none is."""
    if name == EngineName.BUILTIN:
        return BuiltinEngine()
    models = LanguageModels(settings().models, settings().model_region)
    return ModelledEngine(DecidingModels(models, None, lambda: True), BuiltinEngine())


def main() -> None:
    """Print what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--misses", action="store_true")
    parser.add_argument("--engine", choices=[name.value for name in EngineName], default=EngineName.BUILTIN.value)
    wanted = parser.parse_args()
    engine = engine_named(EngineName(wanted.engine))
    development = judged(engine, of_part("development"))
    if wanted.misses:
        for one in development:
            if not (one.intent and one.channels and one.urgency):
                got = one.decision
                print(f"{one.utterance.id} {one.utterance.intent} -> {got.intent} {got.entities.channels}")
                print(f"    {one.utterance.text[:160]}\n    {one.decision.reasoning}")
    else:
        report("development", development)
        report("test", judged(engine, of_part("test")))
        report("weeks", judged(engine, of_weeks()))


if __name__ == "__main__":
    main()
