"""What people write, and what they want by it: the labelled sets `utterances.json` and `weeks.json` of `tests/data`."""

import json
from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, TypeAdapter

FILE = Path(__file__).parents[1] / "data" / "utterances.json"
WEEKS = FILE.with_name("weeks.json")

Part = Literal["development", "test"]
Language = Literal["es", "en", "mixed"]
Intent = Literal["campaign", "single_post", "media_generation", "analysis", "planning", "question", "smalltalk"]
Media = Literal["video", "audio", "image"]
Channel = Literal["facebook", "instagram", "linkedin", "tiktok", "twitter", "youtube"]
Tag = Literal[
    "accents",
    "typo",
    "slang",
    "negation",
    "quotation",
    "indirect",
    "several",
    "none",
    "mixed",
    "long",
    "very_long",
    "alias",
    "trap",
    "budget",
    "date",
    "audience",
]


class Utterance(BaseModel):
    """A message with its labels, which `tests/data/utterances.md` explains."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    part: Part
    language: Language
    text: str
    intent: Intent
    alternatives: tuple[Intent, ...]
    media: Media | None
    channels: tuple[Channel, ...]
    urgent: bool
    negated: tuple[Intent, ...]
    tags: tuple[Tag, ...]

    def means(self, intent: str) -> bool:
        """Whether somebody who understands the message so is right."""
        return intent in (self.intent, *self.alternatives)


@cache
def utterances() -> tuple[Utterance, ...]:
    """All of them, in the order of the file."""
    return TypeAdapter(tuple[Utterance, ...]).validate_python(json.loads(FILE.read_text(encoding="utf-8")))


@cache
def of_weeks() -> tuple[Utterance, ...]:
    """What twenty imagined businesses write in a week: for measuring only."""
    return TypeAdapter(tuple[Utterance, ...]).validate_python(json.loads(WEEKS.read_text(encoding="utf-8")))


def of_part(part: Part) -> tuple[Utterance, ...]:
    """Those that an engine is written against, or those that it is measured on."""
    return tuple(utterance for utterance in utterances() if utterance.part == part)
