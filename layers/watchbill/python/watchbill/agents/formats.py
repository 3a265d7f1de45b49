"""Formats of short videos: how long each is, what its scenes are for, and which one is meant. Pure."""

from dataclasses import dataclass

from watchbill.agents.script_lines import Part
from watchbill.decisions.models import Channel
from watchbill.documents.words import words_of

WORDS_A_SECOND = 2.5


@dataclass(frozen=True, slots=True)
class Format:
    """A kind of video: how long it is, what its scenes are for, and whether it is watched upright."""

    name: str
    seconds: int
    parts: tuple[Part, ...]
    upright: bool = True

    @property
    def words(self) -> int:
        """How many words can be spoken in it."""
        return int(self.seconds * WORDS_A_SECOND)

    @property
    def unhurried(self) -> bool:
        """Whether there is time for a second sentence in a scene."""
        return self.seconds > 30


_BRIEF = (Part.HOOK, Part.PRODUCT, Part.ACTION)
_USUAL = (Part.HOOK, Part.PROBLEM, Part.PRODUCT, Part.HOW, Part.ACTION)
_LONG = (Part.HOOK, Part.PROBLEM, Part.PRODUCT, Part.HOW, Part.AUDIENCE, Part.REMEMBER, Part.ACTION)
STORY, REEL, TIKTOK = Format("story", 15, _BRIEF), Format("reel", 30, _USUAL), Format("tiktok", 30, _USUAL)
SHORT, CLIP = Format("short", 45, _USUAL), Format("clip", 45, _USUAL, upright=False)
YOUTUBE = Format("youtube", 75, _LONG, upright=False)
FORMATS = (STORY, REEL, TIKTOK, SHORT, CLIP, YOUTUBE)
_BY_WORD = {
    "reel": REEL,
    "short": SHORT,
    "stor": STORY,
    "historia": STORY,
    "tiktok": TIKTOK,
    "youtube": YOUTUBE,
    "long": YOUTUBE,
    "largo": YOUTUBE,
}
_BY_CHANNEL = {
    Channel.INSTAGRAM: REEL,
    Channel.FACEBOOK: REEL,
    Channel.TIKTOK: TIKTOK,
    Channel.YOUTUBE: YOUTUBE,
    Channel.TWITTER: CLIP,
    Channel.LINKEDIN: CLIP,
}


def format_of(word: str | None, channel: Channel | None) -> Format:
    """The format that is asked for by its word, or else the usual one of a channel."""
    said = " ".join(words_of(word or ""))
    named = next((one for part, one in _BY_WORD.items() if part in said), None)
    return named or (_BY_CHANNEL[channel] if channel else REEL)
