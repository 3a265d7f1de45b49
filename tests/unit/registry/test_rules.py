"""Agent ids follow from names; versions sort as versions."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watchbill.registry.models import Version
from watchbill.registry.rules import agent_id, candidate_ids, newest_first

START = datetime(2026, 1, 1, tzinfo=UTC)


def versions(*names: str) -> list[Version]:
    """Versions registered in this order, a minute apart."""
    return [
        Version(version=name, agent_id="a" * 24, created_at=START + timedelta(minutes=i))
        for i, name in enumerate(names)
    ]


def order(*names: str) -> list[str]:
    return [version.version for version in newest_first(versions(*names))]


@pytest.mark.parametrize(
    ("registered", "expected"),
    [
        (("1.9.0", "1.10.0"), ["1.10.0", "1.9.0"]),
        (("1.10.0", "1.9.0"), ["1.10.0", "1.9.0"]),
        (("1.0.0", "1.0.0rc1", "1.0.0.dev2"), ["1.0.0", "1.0.0rc1", "1.0.0.dev2"]),
        (("v2.0", "1.9"), ["v2.0", "1.9"]),
        (("1.0", "1.0.0"), ["1.0.0", "1.0"]),  # a tie: the later one first
        (("main", "canary", "1.0"), ["1.0", "canary", "main"]),  # names by time, behind versions
    ],
)
def test_versions_sort_as_versions(registered: tuple[str, ...], expected: list[str]) -> None:
    assert order(*registered) == expected


@given(st.text(min_size=1), st.text(min_size=1), st.text(min_size=1))
def test_agent_ids_differ_by_name_and_by_organisation(organisation: str, name: str, other: str) -> None:
    assert (agent_id(organisation, name) == agent_id(organisation, other)) == (name == other)
    assert (agent_id(organisation, name) == agent_id(other, name)) == (organisation == other)


def test_an_agent_id_has_24_hex_digits() -> None:
    assert len(agent_id("demo", "my-agent")) == 24
    assert set(agent_id("demo", "my-agent")) <= set("0123456789abcdef")


def test_a_reference_that_looks_like_an_id_is_tried_as_an_id_first_and_as_a_name_second() -> None:
    reference = "0123456789abcdef01234567"

    assert candidate_ids("demo", reference) == (reference, agent_id("demo", reference))
    assert candidate_ids("demo", "my-agent") == (agent_id("demo", "my-agent"),)
