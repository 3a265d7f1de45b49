"""Tokens are renewed in time, once for all who want them, at a real authorization server over the wire."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest

from tests.integration.client.server import Reply, Seen, serving
from tests.support.authorization_server import CLIENT_ID, CLIENT_SECRET, Authority, authority
from tests.support.memory_table import MemoryTable
from tests.support.open_sealer import OpenSealer
from watchbill.accounts.grants import Grants, NotGranted, NotNow
from watchbill.accounts.keeper import TokenKeeper
from watchbill.accounts.models import Platform
from watchbill.accounts.platforms import ENDPOINTS
from watchbill.accounts.rules import RENEWING
from watchbill.accounts.store import AccountStore
from watchbill.accounts.tokens import ClientCredentials, Tokens
from watchbill.platform import clock
from watchbill.platform.clock import frozen_at
from watchbill.platform.items import Item
from watchbill.platform.keys import Key
from watchbill.platform.outgoing import Outgoing

ACCOUNT = "an-account"


class SharedTable(MemoryTable):
    """A table in memory that many use at once."""

    def __init__(self) -> None:
        super().__init__()
        self._one = threading.RLock()
        self._met = threading.local()
        self.met: threading.Barrier | None = None
        """Where all meet who have read for the first time, before any of them goes on."""

    def get(self, key: Key) -> Item | None:
        with self._one:
            found = super().get(key)
        if self.met and not hasattr(self._met, "once"):
            self._met.once = True
            self.met.wait()
        return found

    def replace(self, key: Key, item: Item, revision: int) -> None:
        with self._one:
            super().replace(key, item, revision)


class Account:
    """An account of X, whose first tokens were granted to be good for `lasts` seconds."""

    def __init__(self, server: Authority, lasts: int) -> None:
        endpoints = replace(ENDPOINTS[Platform.TWITTER], origin=server.url)
        self.grants = Grants(endpoints, ClientCredentials(CLIENT_ID, CLIENT_SECRET), Outgoing(local=True))
        self.table = SharedTable()
        self.store = AccountStore(self.table)
        self.keeper = TokenKeeper(self.store, OpenSealer("demo"))
        server.lasts = lasts
        answer = server.consent(self.grants.consent_url("s", "https://a.example.com/", "v" * 43))
        self.first, _ = self.grants.tokens_for(answer["code"], "https://a.example.com/", "v" * 43)
        self.store.keep(ACCOUNT, self.keeper.sealed(ACCOUNT, self.first, renewable=True))
        server.lasts = 7200

    def token(self) -> str:
        """A token to act with."""
        return self.keeper.usable(ACCOUNT, self.grants.renewed)


@pytest.fixture
def server() -> Iterator[Authority]:
    """An authorization server on the loopback interface."""
    with authority() as listening:
        yield listening


def test_a_token_that_lasts_is_used_as_it_is(server: Authority) -> None:
    account = Account(server, lasts=301)

    assert account.token() == account.first.access
    assert server.count("refresh_token") == 0


def test_a_token_with_less_than_five_minutes_left_is_renewed_before_it_is_used(server: Authority) -> None:
    account = Account(server, lasts=299)

    assert account.token() != account.first.access
    assert account.token() == server.granted[-1].access_token
    assert server.count("refresh_token") == 1


def test_the_next_renewal_uses_the_refresh_token_that_came_with_the_last(server: Authority) -> None:
    account = Account(server, lasts=60)
    account.token()

    with frozen_at(clock.now() + timedelta(hours=2)):
        assert account.token() == server.granted[-1].access_token

    assert server.count("refresh_token") == 2
    assert [token.live for token in server.granted] == [False, False, True]


def test_fifty_who_want_a_token_at_once_have_it_renewed_once(server: Authority) -> None:
    account = Account(server, lasts=60)
    account.table.met = threading.Barrier(50)

    with ThreadPoolExecutor(50) as threads:
        found = set(threads.map(lambda _: account.token(), range(50)))

    assert found == {server.granted[-1].access_token}
    assert server.count("refresh_token") == 1


def test_who_dies_while_renewing_is_waited_for_and_then_replaced(server: Authority) -> None:
    account = Account(server, lasts=60)
    began = clock.now()

    def die(_: Tokens) -> Tokens:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        account.keeper.usable(ACCOUNT, die)

    kept = account.store.tokens(ACCOUNT)
    assert kept
    assert kept.renewing_until
    with frozen_at(began + RENEWING + timedelta(seconds=5)):
        assert account.token() == server.granted[-1].access_token


def test_a_token_that_is_still_good_serves_while_the_platform_is_busy(server: Authority) -> None:
    account = Account(server, lasts=200)
    server.down = True

    assert account.token() == account.first.access
    assert account.token() == account.first.access
    assert server.count("refresh_token") == 1  # it is not asked by everybody who comes


def test_a_token_that_is_over_waits_for_the_platform(server: Authority) -> None:
    account = Account(server, lasts=1)
    server.down = True
    over = clock.now() + timedelta(seconds=2)

    with frozen_at(over), pytest.raises(NotNow):
        account.token()
    server.down = False

    with frozen_at(over + timedelta(seconds=31)):
        assert account.token() == server.granted[-1].access_token


def test_what_was_taken_back_is_not_asked_for_twice(server: Authority) -> None:
    account = Account(server, lasts=60)
    server.revoke_all()

    for _ in range(3):
        with pytest.raises(NotGranted):
            account.token()

    assert server.count("refresh_token") == 1


def test_that_our_own_secret_is_wrong_says_nothing_of_the_account(server: Authority) -> None:
    account = Account(server, lasts=60)
    wrong = Grants(
        replace(ENDPOINTS[Platform.TWITTER], origin=server.url),
        ClientCredentials(CLIENT_ID, "wrong"),
        Outgoing(local=True),
    )

    assert account.keeper.usable(ACCOUNT, wrong.renewed) == account.first.access
    with frozen_at(clock.now() + timedelta(seconds=31)):
        assert account.token() == server.granted[-1].access_token


def test_tokens_of_our_own_are_asked_for_when_first_needed_and_kept(server: Authority) -> None:
    account = Account(server, lasts=7200)

    first = account.keeper.first("media", account.grants.own)
    again = account.keeper.first("media", account.grants.own)

    assert first == again == server.granted[-1].access_token
    assert server.count("client_credentials") == 1


def test_a_refusal_that_repeats_what_it_was_shown_is_told_without_that() -> None:
    def repeat(request: Seen) -> Reply:
        return Reply(400, {"error": "invalid_grant", "error_description": f"not {request.body.decode()}"})

    with serving(repeat) as url:
        grants = Grants(
            replace(ENDPOINTS[Platform.FACEBOOK], origin=url),
            ClientCredentials(CLIENT_ID, CLIENT_SECRET),
            Outgoing(local=True),
        )
        with pytest.raises(NotGranted, match="invalid_grant") as refused:
            grants.renewed(Tokens("access-1", "refresh-1"))
        with pytest.raises(NotGranted, match="invalid_grant") as denied:
            grants.tokens_for("code-1", "https://a.example.com/", "v" * 43)

    told = f"{refused.value} {denied.value}"
    assert [secret for secret in ("refresh-1", "code-1", CLIENT_SECRET, "v" * 43) if secret in told] == []


def test_tokens_show_nothing_when_they_are_printed(server: Authority) -> None:
    account = Account(server, lasts=60)

    printed = f"{account.first!r} {account.store.tokens(ACCOUNT)!r} {ClientCredentials(CLIENT_ID, CLIENT_SECRET)!r}"

    assert not any(secret in printed for secret in (*server.secrets, CLIENT_SECRET))
