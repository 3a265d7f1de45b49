"""What is sealed for one purpose of one organisation is opened for that, and for nothing else."""

import pytest

from watchbill.platform.sealing import NotOurs, NotSealable, Sealer

SECRET = "a-token-of-somebody-s"


def test_what_was_sealed_is_opened_for_the_same_purpose(channels):
    sealed = Sealer("demo").seal(SECRET, "access token", "account-1")

    assert SECRET.encode() not in sealed
    assert Sealer("demo").open(sealed, "access token", "account-1") == SECRET


@pytest.mark.parametrize(
    ("organisation", "purpose", "subject"),
    [("other", "access token", "account-1"), ("demo", "refresh token", "account-1"), ("demo", "access token", "2")],
    ids=["organisation", "purpose", "subject"],
)
def test_it_is_opened_for_nothing_else(channels, organisation, purpose, subject):
    sealed = Sealer("demo").seal(SECRET, "access token", "account-1")

    with pytest.raises(NotOurs):
        Sealer(organisation).open(sealed, purpose, subject)


@pytest.mark.parametrize("secret", ["", "x" * 4_097])
def test_what_has_no_room_is_refused(channels, secret):
    with pytest.raises(NotSealable):
        Sealer("demo").seal(secret, "access token", "account-1")
