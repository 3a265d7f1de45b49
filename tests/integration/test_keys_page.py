"""The page of keys: made with a secret that is shown once, and revoked."""

import json

import pytest

from tests.support.local_table import every_item
from tests.support.pages import Visitor, words_of

HOSTILE = "<img src=x onerror=alert(1)>"
KEYS = "/dashboard/keys"


@pytest.fixture
def visitor(visitor):
    visitor.get(KEYS)
    return visitor


def secret_on(shown):
    return next(iter(shown.all("//section[@aria-labelledby='issued']//code/text()")), None)


def test_a_secret_is_shown_once_and_nowhere_else(service, visitor, capfd, caplog):
    shown = visitor.post(KEYS, name="ci", scopes=["ingest", "read"])

    secret = secret_on(shown)
    assert service.request("GET", "/api/organisation", key=secret).status == 200
    assert (shown.status, shown.path, shown.headers["Cache-Control"]) == (200, KEYS, "no-store")
    said = capfd.readouterr()
    elsewhere = [json.dumps(shown.headers), str(visitor.cookies), visitor.get(KEYS).text, str(every_item())]
    assert not any(secret in text for text in [*elsewhere, caplog.text, said.out, said.err])


def test_keys_are_listed_with_what_they_may_and_revoked(service, visitor):
    secret = secret_on(visitor.post(KEYS, name=HOSTILE, scopes="read"))
    listed = visitor.get(KEYS)

    (row,) = (row for row in listed.all("//tbody/tr") if HOSTILE in words_of(row))
    assert not listed.all("//img")
    (form,) = row.xpath(".//form")
    assert HOSTILE in form.get("data-confirm")
    shown = visitor.post(form.get("action"))

    assert "The key is revoked." in shown.words
    assert HOSTILE not in shown.words
    assert service.request("GET", "/api/organisation", key=secret).status == 401


def test_a_key_that_may_nothing_is_not_made(visitor):
    shown = visitor.post(KEYS, name="idle")

    assert shown.status == 400
    assert "scopes" in shown.words.lower()


def test_keys_are_the_affair_of_who_has_the_scope(service, key):
    reader = service.request("POST", "/api/keys", {"name": "reader", "scopes": ["read"]}, key=key).json
    visitor = Visitor().sign_in(reader["secret"])

    for shown in (visitor.get(KEYS), visitor.post(KEYS, name="mine", scopes="admin")):
        assert shown.status == 403
        assert "lacks the scope 'admin'" in shown.words
    assert not visitor.get("/dashboard").all(f"//a[@href='{KEYS}']")


def test_another_organisation_s_key_is_not_found(service, visitor):
    other = service.organisation("other")
    (theirs,) = service.request("GET", "/api/keys", key=other).json["items"]

    assert visitor.post(f"{KEYS}/{theirs['id']}/revoke").status == 404
