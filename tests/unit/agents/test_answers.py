"""What a model answers for an advertisement: what fits is kept, and with too little of that the answer is none."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from watchbill.agents.answers import DESCRIPTION, HEADLINE, MOST_DESCRIPTIONS, SOCIAL_TEXT, WrittenAd
from watchbill.agents.kinds import LONGEST_TEXT
from watchbill.decisions.models import Language

SOCIAL = {"text": "Sails for every wind.", "headline": "Cut to measure", "call_to_action": "See how"}
AD = {
    "subject": "Sails",
    "headlines": ["Sails cut to measure", "New sails in a week", "Ask a sailmaker"],
    "descriptions": ["We measure your mast.", "You sail on Saturday."],
    "social": [SOCIAL],
}


def ad(**parts) -> WrittenAd:
    return WrittenAd.model_validate({**AD, **parts})


def test_an_advertisement_is_written_out_in_its_language() -> None:
    assert ad().text(Language.ENGLISH) == (
        "## Search\n\n### Headlines\n\n- Sails cut to measure\n- New sails in a week\n- Ask a sailmaker\n\n"
        "### Descriptions\n\n- We measure your mast.\n- You sail on Saturday.\n\n"
        "## Social networks\n\n### Cut to measure\n\nSails for every wind.\n\n**See how**"
    )
    assert [line for line in ad().text(Language.SPANISH).splitlines() if line.startswith("#")] == [
        "## Búsqueda",
        "### Titulares",
        "### Descripciones",
        "## Redes sociales",
        "### Cut to measure",
    ]


def test_what_is_too_long_for_its_place_or_there_already_is_left_out() -> None:
    exact, long = "h" * HEADLINE, "h" * (HEADLINE + 1)
    told = ad(
        headlines=[*AD["headlines"], exact, exact, long],
        descriptions=[*(f"{number} sails" for number in range(9)), "d" * (DESCRIPTION + 1)],
        social=[SOCIAL, {**SOCIAL, "text": "s" * (SOCIAL_TEXT + 1)}, {**SOCIAL, "call_to_action": "c" * 31}],
    ).text(Language.ENGLISH)

    assert (told.count(exact), told.count(long)) == (1, 0)
    assert told.count(" sails\n") == MOST_DESCRIPTIONS
    assert told.count("### Cut to measure") == 1


@pytest.mark.parametrize(
    ("parts", "says"),
    [
        ({"headlines": [*AD["headlines"][:2], "Sails that are cut to your own measure"]}, "measure' has 38"),
        ({"headlines": ["Sails"] * 3}, "3 different headlines"),
        ({"descriptions": AD["descriptions"][:1]}, "2 different descriptions"),
        ({"social": [{**SOCIAL, "headline": "h" * 41}]}, "a headline of at most 40"),
        ({"social": []}, "of social, one at least"),
        ({"headlines": ["\U0001f680" * 31] * 15}, "3 different headlines"),
        (
            {
                "social": [{**SOCIAL, "text": "\U0001f680" * 125, "headline": "\U0001f680" * 40}] * 5,
                "descriptions": ["\U0001f680" * 89 + letter for letter in "abcd"],
            },
            "1 to 5,000 bytes",
        ),
        ({"headlines": ["a\nb", *AD["headlines"]]}, "it is one line"),
    ],
)
def test_too_little_that_fits_is_said_with_what_is_wrong_about_it(parts, says: str) -> None:
    with pytest.raises(ValidationError, match=says):
        ad(**parts)


@given(st.lists(st.text(min_size=1, max_size=40), max_size=15), st.sampled_from(Language))
def test_an_advertisement_is_no_longer_than_a_text(lines, language: Language) -> None:
    try:
        told = ad(headlines=[*AD["headlines"], *lines][:15], descriptions=[*AD["descriptions"], *lines][:15])
    except ValidationError:
        return

    assert len(json.dumps(told.text(language), ensure_ascii=False).encode()) <= LONGEST_TEXT
    headlines = told.text(language).split("###")[1].splitlines()[2:]
    assert all(len(line) <= len("- ") + HEADLINE for line in headlines)
