"""Secrets that name their organisation: each opens what its kind says, for the organisation that it names."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watchbill.platform.tokens import SECRET_CHARACTERS, Kind, new_token, organisation_of

ORGANISATIONS = st.from_regex(r"[a-z0-9][a-z0-9-]{0,38}", fullmatch=True)


@given(ORGANISATIONS, st.sampled_from(Kind))
def test_a_secret_names_its_organisation_to_its_own_kind_only(organisation: str, kind: Kind) -> None:
    token = new_token(kind, organisation)
    assert {other: organisation_of(other, token) for other in Kind} == {
        other: organisation if other is kind else None for other in Kind
    }


def test_no_two_are_alike() -> None:
    assert len({new_token(Kind.API_KEY, "demo") for _ in range(100)}) == 100


SECRET = "x" * SECRET_CHARACTERS
FORMLESS = ("", "wb_demo_short", f"wb__{SECRET}", f"wb_Demo_{SECRET}", f"wb_demo#_{SECRET}", f"wb_demo_{SECRET}x")


@pytest.mark.parametrize("token", [*FORMLESS, f"wb_demo_{SECRET}\n"])
def test_what_has_not_the_form_names_nobody(token: str) -> None:
    assert organisation_of(Kind.API_KEY, token) is None
