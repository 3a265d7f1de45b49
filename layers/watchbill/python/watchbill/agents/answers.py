"""What a model is to answer for a draft: a text, or the parts of an advertisement, of which those are kept that fit.

Pure.
"""

import json
import re
from abc import abstractmethod
from collections.abc import Iterable, Sequence
from operator import le
from typing import Annotated, Self

from pydantic import AfterValidator, Field, model_validator

from watchbill.agents.kinds import FORMS, LONGEST_LONG_TEXT, LONGEST_TEXT, Kind
from watchbill.decisions.models import Language
from watchbill.platform.wire import Model

HEADLINE, DESCRIPTION = 30, 90
LEAST_HEADLINES, LEAST_DESCRIPTIONS = 3, 2
"""Characters of the texts of Google's responsive search ads, which refuse longer ones, and how many they must have."""
MOST_DESCRIPTIONS = 4
SOCIAL_TEXT, SOCIAL_HEADLINE, CALL_TO_ACTION = 125, 40, 30
"""Characters that Meta's networks show of an advertisement before they cut the rest off."""
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_LABELS = {
    Language.ENGLISH: ("Search", "Headlines", "Descriptions", "Social networks"),
    Language.SPANISH: ("Búsqueda", "Titulares", "Descripciones", "Redes sociales"),
}


def _bounded(text: str, longest: int) -> str:
    if not text.strip() or len(json.dumps(text, ensure_ascii=False).encode()) > longest:
        raise ValueError(f"a text has 1 to {longest:,} bytes")
    return text


def _short(text: str) -> str:
    return _bounded(text, LONGEST_TEXT)


def _long(text: str) -> str:
    return _bounded(text, LONGEST_LONG_TEXT)


def _one_line(text: str) -> str:
    if not text.strip() or len(text.splitlines()) != 1 or _CONTROL.search(text):
        raise ValueError("it is one line, without control characters")
    return text.strip()


Line = Annotated[str, Field(min_length=1, max_length=200), AfterValidator(_one_line)]


class Answer(Model):
    """A draft as a model gives it."""

    subject: Line

    @abstractmethod
    def text(self, language: Language) -> str:
        """What is in it beside its subject."""


class Written(Answer):
    """A draft."""

    body: Annotated[str, AfterValidator(_short)]

    def text(self, language: Language) -> str:  # noqa: ARG002 - it is in its language
        """The text as the model wrote it."""
        return self.body


class LongWritten(Written):
    """A draft of a kind that is long."""

    body: Annotated[str, AfterValidator(_long)]


class SocialAd(Model):
    """An advertisement as a social network shows it: above the picture, below it, and on the button."""

    text: Line
    headline: Line
    call_to_action: Line

    @property
    def fits(self) -> bool:
        """Whether nothing of it would be cut off."""
        lengths = len(self.text), len(self.headline), len(self.call_to_action)
        return all(map(le, lengths, (SOCIAL_TEXT, SOCIAL_HEADLINE, CALL_TO_ACTION)))


class WrittenAd(Answer):
    """The parts of an advertisement. Models count characters badly: what is too long for its place is left out."""

    headlines: Annotated[tuple[Line, ...], Field(max_length=15)]
    descriptions: Annotated[tuple[Line, ...], Field(max_length=15)]
    social: Annotated[tuple[SocialAd, ...], Field(max_length=5)]

    @model_validator(mode="after")
    def _enough(self) -> Self:
        _require("headlines", self.headlines, HEADLINE, LEAST_HEADLINES)
        _require("descriptions", self.descriptions, DESCRIPTION, LEAST_DESCRIPTIONS)
        if not any(ad.fits for ad in self.social):
            raise ValueError(
                f"of social, one at least has a text of at most {SOCIAL_TEXT} characters "
                f"with a headline of at most {SOCIAL_HEADLINE} and a call to action of at most {CALL_TO_ACTION}"
            )
        for language in Language:
            _short(self.text(language))
        return self

    def text(self, language: Language) -> str:
        """What fits, in Markdown."""
        search, headlines, descriptions, social = _LABELS[language]
        parts = [
            f"## {search}",
            f"### {headlines}",
            _listed(_fitting(self.headlines, HEADLINE)),
            f"### {descriptions}",
            _listed(_fitting(self.descriptions, DESCRIPTION)[:MOST_DESCRIPTIONS]),
            f"## {social}",
            *(f"### {ad.headline}\n\n{ad.text}\n\n**{ad.call_to_action}**" for ad in self.social if ad.fits),
        ]
        return "\n\n".join(parts)


def shape_of(kind: Kind) -> type[Answer]:
    """What a model is to answer for a draft of a kind."""
    if kind is Kind.AD_COPY:
        return WrittenAd
    return LongWritten if FORMS[kind].is_long else Written


def _require(name: str, lines: Sequence[str], longest: int, least: int) -> None:
    if len(_fitting(lines, longest)) < least:
        found = ", ".join(f"{line!r} has {len(line)}" for line in lines)
        raise ValueError(f"{least} different {name} at least have at most {longest} characters: {found}")


def _fitting(lines: Iterable[str], longest: int) -> list[str]:
    """The lines that are not too long, each once."""
    return list(dict.fromkeys(line for line in lines if len(line) <= longest))


def _listed(lines: Iterable[str]) -> str:
    return "\n".join(f"- {line}" for line in lines)
