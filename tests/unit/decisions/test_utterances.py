"""The labelled utterances keep the rules that `tests/data/utterances.md` states, as far as a program can tell."""

import json
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable
from itertools import combinations
from typing import get_args

import pytest
from pydantic import ValidationError

from tests.support.utterances import (
    FILE,
    Channel,
    Intent,
    Language,
    Media,
    Part,
    Tag,
    Utterance,
    of_part,
    utterances,
)

EVERY = utterances()
PREFIX = {"es": "es-", "en": "en-", "mixed": "mx-"}


def folded(text: str) -> tuple[str, ...]:
    """The words of a text, without case, accents and punctuation."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    return tuple(re.findall(r"\w+", "".join(char for char in plain if not unicodedata.combining(char))))


def ids(chosen: Iterable[Utterance]) -> list[str]:
    return [utterance.id for utterance in chosen]


def test_a_label_that_is_not_known_is_refused() -> None:
    one = EVERY[0].model_dump()
    wrong = {"part": "training", "language": "fr", "intent": "advert", "channels": ["x"], "tags": ["odd"], "note": ""}

    for field, value in wrong.items():
        with pytest.raises(ValidationError, match=field):
            Utterance.model_validate(one | {field: value})


def test_each_has_a_line_of_its_own_and_an_id_that_says_its_language() -> None:
    lines = [json.loads(line.rstrip(",")) for line in FILE.read_text(encoding="utf-8").splitlines()[1:-1]]

    assert [line["id"] for line in lines] == ids(EVERY)
    assert len(set(ids(EVERY))) == len(EVERY)
    assert all(utterance.id.startswith(PREFIX[utterance.language]) for utterance in EVERY)


def test_texts_are_distinct_whatever_their_case_accents_and_punctuation() -> None:
    texts = Counter(folded(utterance.text) for utterance in EVERY)

    assert [text for text, times in texts.items() if times > 1] == []
    assert all(utterance.text == utterance.text.strip() != "" for utterance in EVERY)


def test_no_two_differ_by_one_word_only() -> None:
    words = [(utterance.id, frozenset(folded(utterance.text))) for utterance in EVERY]
    near = [(one, other) for (one, mine), (other, theirs) in combinations(words, 2) if len(mine ^ theirs) <= 2]

    assert near == []


def test_no_two_share_most_of_their_words() -> None:
    words = [(utterance.id, frozenset(folded(utterance.text))) for utterance in EVERY]
    near = [
        (one, other)
        for (one, mine), (other, theirs) in combinations(words, 2)
        if len(mine & theirs) > 0.5 * len(mine | theirs)
    ]

    assert near == []


def test_there_are_enough_in_each_language_and_of_each_intent() -> None:
    languages = Counter(utterance.language for utterance in EVERY)
    intents = Counter(utterance.intent for utterance in EVERY)

    assert len(EVERY) >= 440
    assert languages["mixed"] >= 40
    assert abs(languages["es"] - languages["en"]) <= 0.05 * len(EVERY)
    assert min(intents[intent] for intent in get_args(Intent)) >= 45


LABELS: dict[str, tuple[tuple[object, ...], Callable[[Utterance], Iterable[object]]]] = {
    "language": (get_args(Language), lambda utterance: [utterance.language]),
    "intent": (get_args(Intent), lambda utterance: [utterance.intent]),
    "media": (get_args(Media), lambda utterance: [utterance.media]),
    "channel": (get_args(Channel), lambda utterance: utterance.channels),
    "urgent": ((True, False), lambda utterance: [utterance.urgent]),
    "tag": (get_args(Tag), lambda utterance: utterance.tags),
}


@pytest.mark.parametrize("label", LABELS)
def test_each_value_is_about_as_frequent_in_both_parts(label: str) -> None:
    values, values_of = LABELS[label]
    times = {
        part: Counter(value for utterance in of_part(part) for value in values_of(utterance)) for part in get_args(Part)
    }

    for value in values:
        development, test = times["development"][value], times["test"][value]
        assert min(development, test) >= 5, value
        assert abs(development - test) <= max(2, 0.15 * (development + test)), value


def test_both_parts_are_of_one_size() -> None:
    assert len(of_part("development")) + len(of_part("test")) == len(EVERY)
    assert abs(len(of_part("development")) - len(of_part("test"))) <= 0.02 * len(EVERY)


def test_channels_are_sorted_and_nothing_is_listed_twice() -> None:
    assert [each.id for each in EVERY if list(each.channels) != sorted(set(each.channels))] == []
    for each in EVERY:
        for listed in (each.alternatives, each.negated, each.tags):
            assert len(set(listed)) == len(listed), each.id


def test_what_is_refused_is_neither_wanted_nor_an_alternative() -> None:
    for each in EVERY:
        assert each.intent not in each.alternatives, each.id
        assert not set(each.negated) & {each.intent, *each.alternatives}, each.id
        assert not each.negated or "negation" in each.tags, each.id


def test_few_have_alternatives() -> None:
    assert len([each for each in EVERY if each.alternatives]) <= 0.06 * len(EVERY)


def test_a_kind_of_media_is_named_where_media_is_wanted_and_nowhere_else() -> None:
    assert ids(each for each in EVERY if (each.media is not None) != (each.intent == "media_generation")) == []


def test_smalltalk_wants_nothing() -> None:
    small = [each for each in EVERY if each.intent == "smalltalk"]

    assert ids(each for each in small if each.channels or each.urgent or each.negated) == []


DECIDED: dict[Tag, Callable[[Utterance], bool]] = {
    "long": lambda each: len(each.text) > 200,
    "very_long": lambda each: len(each.text) > 500,
    "mixed": lambda each: each.language == "mixed",
    "none": lambda each: each.intent == "smalltalk",
    "quotation": lambda each: bool(re.search(r'["«]', each.text)),
}


@pytest.mark.parametrize("tag", DECIDED)
def test_a_tag_that_can_be_worked_out_is_there_exactly_where_it_belongs(tag: Tag) -> None:
    assert ids(each for each in EVERY if (tag in each.tags) != DECIDED[tag](each)) == []


FORBIDDEN: dict[Tag, Callable[[Utterance], bool]] = {
    "accents": lambda each: each.language == "en",
    "budget": lambda each: each.intent in ("question", "smalltalk"),
    "date": lambda each: each.intent in ("question", "smalltalk"),
    "audience": lambda each: each.intent in ("question", "smalltalk"),
}


@pytest.mark.parametrize("tag", FORBIDDEN)
def test_a_tag_is_not_where_it_has_no_meaning(tag: Tag) -> None:
    assert ids(each for each in EVERY if tag in each.tags and FORBIDDEN[tag](each)) == []


def test_an_alternative_is_as_right_as_the_intent_and_another_is_not() -> None:
    either = next(each for each in EVERY if each.alternatives)
    others = set(get_args(Intent)) - {either.intent, *either.alternatives}

    assert either.means(either.intent)
    assert either.means(either.alternatives[0])
    assert not any(either.means(other) for other in others)
