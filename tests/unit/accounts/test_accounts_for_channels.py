"""Which account a channel means: the session's, else the only one, else nobody's, and what to do then."""

import re
from datetime import UTC, datetime

import pytest

from watchbill.accounts.models import AccountStatus, ConnectedAccount, Platform
from watchbill.accounts.rules import Nobody, account_for

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)


def account(name: str, platform: str = "twitter", sessions: tuple[str, ...] = (), status: str = "connected"):
    """An account."""
    return ConnectedAccount(
        id=name,
        platform=Platform(platform),
        subject=name,
        username=name,
        name=name,
        status=AccountStatus(status),
        reason=None,
        scopes=(),
        session_ids=sessions,
        connected_at=NOW,
        updated_at=NOW,
    )


@pytest.mark.parametrize(
    ("channel", "accounts", "chosen"),
    [
        ("twitter", [account("only")], "only"),
        ("X", [account("only")], "only"),
        (" Twitter ", [account("only"), account("other", "facebook")], "only"),
        ("twitter", [account("here", sessions=("s-1",)), account("elsewhere", sessions=("s-2",))], "here"),
        ("twitter", [account("good"), account("bad", sessions=("s-1",), status="revoked")], "good"),
        ("twitter", [account("bad", status="revoked")], "bad"),
    ],
)
def test_the_account_is_the_session_s_or_the_only_one_that_can_be_used(channel, accounts, chosen):
    found = account_for(channel, "s-1", accounts)

    assert isinstance(found, ConnectedAccount)
    assert found.id == chosen


@pytest.mark.parametrize(
    ("channel", "accounts", "said"),
    [
        ("twitter", [], "no account of X is connected: POST /api/social/auth/twitter/initiate"),
        ("instagram", [account("only")], "no account of Instagram is connected"),
        ("twitter", [account("ana"), account("luz")], r"2 accounts of X could be meant \(ana, luz\)"),
        (
            "facebook",
            [account("one", "facebook", ("s-1",)), account("two", "facebook", ("s-1",))],
            "have one of them connected in the session",
        ),
        ("youtube", [account("tube", "youtube")], "nothing can be published on 'youtube'"),
        ("newsletter", [account("only")], "nothing can be published on 'newsletter'"),
    ],
)
def test_otherwise_is_said_what_to_do(channel, accounts, said):
    found = account_for(channel, "s-1", accounts)

    assert isinstance(found, Nobody)
    assert re.search(said, found.reason)
