"""The page of connected accounts: connecting one, publishing as it, forgetting it."""

from urllib.parse import parse_qs, urlsplit

import pytest

from tests.support.connected import a_waiting_post, connected, knows_x
from tests.support.pages import HOST, Visitor, words_of
from watchbill import services

PAGE = "/dashboard/accounts"
WORDS = "<b>Fresh</b> bread at eight"


@pytest.fixture(autouse=True)
def x_is_configured(service, channels):
    knows_x()
    services.forget()


@pytest.fixture
def visitor(key):
    """Somebody at the page as it is on AWS."""
    return Visitor(headers={"x-forwarded-proto": "https"}).sign_in(key)


def row(shown, words):
    (found,) = [words_of(one) for one in shown.all("//tr") if words in words_of(one)]
    return found


def test_what_has_to_be_set_first_is_said(visitor):
    shown = visitor.get(PAGE)

    assert "None yet." in shown.words
    assert "Not configured. Set" in shown.words
    assert f"may not send people back to https://{HOST}/api/social/auth/{{platform}}/callback yet" in shown.words
    assert not shown.all("//form[contains(@action, '/connect/')]")


def test_an_account_is_connected_at_the_platform_and_its_owner_comes_back_here(visitor):
    allowed = visitor.post(f"{PAGE}/redirects")
    (connect,) = allowed.all("//form[contains(@action, '/connect/')]/@action")
    asked = visitor.post(connect)

    (way,) = asked.all("//a[contains(@class, 'button') and starts-with(@href, 'http')]/@href")
    told = parse_qs(urlsplit(way).query)
    assert told["redirect_uri"] == [f"https://{HOST}/api/social/auth/twitter/callback"]
    assert told["code_challenge_method"] == ["S256"]
    assert len(told["state"][0]) > 30


def test_something_is_published_by_an_account_and_seen_on_its_way(visitor):
    account = connected("demo")
    shown = visitor.post(f"{PAGE}/posts", account_id=account.id, text=WORDS)

    assert "It is published as ana." in shown.words
    assert row(shown, "Fresh").startswith(WORDS)
    assert shown.all("//section[@aria-labelledby='posts']/@hx-trigger") == ["load delay:3s"]
    refused = visitor.post(f"{PAGE}/posts", account_id=account.id, text="x" * 281)
    assert (refused.status, "280" in refused.words) == (422, True)


def test_an_account_is_forgotten(visitor):
    account = connected("demo")
    a_waiting_post("demo", account, "a-post")

    assert "ana" in row(visitor.get(PAGE), " X connected")
    gone = visitor.post(f"{PAGE}/{account.id}/disconnect")
    assert "The account is disconnected." in gone.words
    assert "None yet." in gone.words


def test_who_may_only_read_sees_accounts_and_changes_nothing(service, key):
    made = service.request("POST", "/api/keys", {"name": "eyes", "scopes": ["read"]}, key=key).json["secret"]
    account = connected("demo")
    reader = Visitor().sign_in(made)

    assert "ana" in reader.get(PAGE).words
    assert not reader.get(PAGE).all("//main//form")
    for action in ("redirects", "connect/twitter", f"{account.id}/disconnect", "posts"):
        assert reader.post(f"{PAGE}/{action}").status == 403


def test_a_platform_that_there_is_not_is_a_bad_request(visitor):
    assert visitor.post(f"{PAGE}/connect/myspace").status == 400
