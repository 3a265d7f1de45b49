"""Keys parse back into what they were made of, and no two entities share one."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watchbill.platform import keys
from watchbill.platform.keys import ENTITIES, Entity, Key, NotAKey

VALUES = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=12) | st.sampled_from(
    ["#", "%", "%23", "RUN", "a#b", "KEYS", "*", "~"]
)
RETENTION = Path(__file__).parents[3] / "docs" / "retention.md"
DATA_MODEL = Path(__file__).parents[3] / "docs" / "data-model.md"


def made(entity: Entity) -> st.SearchStrategy[tuple[Entity, tuple[str, ...]]]:
    return st.tuples(st.just(entity), st.tuples(*[VALUES] * len(entity.fields)))


ANY_KEY = st.one_of([made(entity) for entity in ENTITIES])


@given(ANY_KEY)
def test_every_key_parses_back_into_its_entity_and_values(item: tuple[Entity, tuple[str, ...]]) -> None:
    entity, values = item

    parsed, fields = keys.parse(entity(*values))

    assert parsed is entity
    assert fields == dict(zip(entity.fields, values, strict=True))


@given(ANY_KEY, ANY_KEY)
def test_two_different_items_never_share_a_key(
    one: tuple[Entity, tuple[str, ...]], other: tuple[Entity, tuple[str, ...]]
) -> None:
    assert (one[0](*one[1]) == other[0](*other[1])) == (one == other)


@given(ANY_KEY)
def test_every_key_begins_with_its_organisation(item: tuple[Entity, tuple[str, ...]]) -> None:
    entity, values = item

    assert keys.organisation_of(entity(*values)) == values[0]
    assert entity.fields[0] == "organisation"


@pytest.mark.parametrize("values", [(), ("demo",), ("demo", ""), ("demo", "a", "b")])
def test_a_key_without_all_its_values_is_refused(values: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match="needs one non-empty value"):
        keys.AGENT(*values)


def test_what_is_no_key_is_refused() -> None:
    with pytest.raises(NotAKey):
        keys.parse(Key("demo#SOMETHING", "ELSE"))


def test_a_prefix_finds_the_keys_it_is_the_beginning_of() -> None:
    assert keys.VERSION("demo", "a#1", "1.0").sk.startswith(keys.VERSION.prefix("a#1"))
    assert keys.VERSION.prefix() == "VERSION#"


def test_the_chart_in_the_module_is_the_list_of_entities() -> None:
    charted = re.findall(r"^    ([A-Z_]+) +(\{\S+) +(\S+) ", keys.__doc__ or "", re.MULTILINE)

    assert charted == [(entity.name, entity.pk, entity.sk) for entity in ENTITIES]


def test_the_chart_in_the_documentation_is_the_list_of_entities() -> None:
    charted = re.findall(r"^\| `([A-Z_]+)` \| `([^`]+)` \| `([^`]+)` \|", DATA_MODEL.read_text(), re.MULTILINE)

    assert charted == [(entity.name, entity.pk, entity.sk) for entity in ENTITIES]


def test_of_every_entity_it_is_said_once_how_long_it_is_kept() -> None:
    said = re.findall(r"`([A-Z_]+)`", RETENTION.read_text())

    assert [entity.name for entity in ENTITIES if said.count(entity.name) != 1] == []
