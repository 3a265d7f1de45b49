"""Signing in to the web page: who is let in, for how long, and which requests are believed."""

from datetime import timedelta

import pytest

from tests.support.local_table import every_item
from tests.support.pages import HOST, Visitor
from watchbill.dashboard.visits import SESSION_COOKIE
from watchbill.platform import clock


def test_who_has_not_signed_in_is_asked_to_and_then_led_to_what_they_wanted(key):
    visitor = Visitor()

    asked = visitor.get("/dashboard?range=30d")
    (next_address,) = asked.all("//input[@name='next']/@value")
    shown = visitor.post("/dashboard/sign-in", key=key, next="/dashboard?range=7d")

    assert (asked.status, next_address) == (200, "/dashboard?range=30d")
    assert (shown.status, shown.path) == (200, "/dashboard?range=7d")


@pytest.mark.parametrize("wrong", ["", "wb_demo_short", "wb_demo_" + "x" * 43, "wb_nobody_" + "x" * 43, "<script>"])
def test_a_key_that_is_not_ours_signs_nobody_in(service, wrong):
    visitor = Visitor()

    shown = visitor.post("/dashboard/sign-in", key=wrong)

    assert shown.status == 401
    assert "not one of our API keys" in shown.words
    assert visitor.cookies == {}


def test_a_session_ends_after_twelve_hours(visitor):
    soon, late = clock.now() + timedelta(hours=11, minutes=59), clock.now() + timedelta(hours=12, minutes=1)

    with clock.frozen_at(soon):
        assert visitor.get("/dashboard").path == "/dashboard"
    with clock.frozen_at(late):
        assert visitor.get("/dashboard").path.startswith("/dashboard/sign-in")


def test_a_session_ends_with_the_key_it_came_from(service, key):
    made = service.request("POST", "/api/keys", {"name": "page", "scopes": ["read"]}, key=key).json
    visitor = Visitor().sign_in(made["secret"])

    service.request("DELETE", f"/api/keys/{made['id']}", key=key)

    assert visitor.get("/dashboard").path.startswith("/dashboard/sign-in")


def test_who_signs_out_is_out_also_with_the_cookie_from_before(visitor):
    kept = dict(visitor.cookies)
    visitor.get("/dashboard")

    shown = visitor.post("/dashboard/sign-out")

    assert "You are signed out." in shown.words
    assert visitor.cookies == {}
    assert Visitor(cookies=kept).get("/dashboard").path.startswith("/dashboard/sign-in")


def test_the_cookie_is_for_this_site_alone_and_out_of_reach_of_scripts(service, key, monkeypatch):
    kept = []
    monkeypatch.setattr(Visitor, "_keep", lambda _, cookies: kept.extend(cookies))

    Visitor().post("/dashboard/sign-in", key=key)

    name, value, *attributes = kept[0].replace("=", "; ", 1).split("; ")
    assert name == "__Host-watchbill"
    assert key not in value
    assert {"Path=/", "HttpOnly", "Secure", "SameSite=Lax", "Max-Age=43200"} == set(attributes)


def test_the_table_holds_no_token_that_would_sign_somebody_in(service, visitor):
    token = visitor.cookies[SESSION_COOKIE]

    assert token.rsplit("_", 1)[1] not in str(every_item())


@pytest.mark.parametrize("csrf", ["", "0" * 64, "ü"])
def test_what_no_form_of_the_session_has_posted_is_refused(visitor, csrf):
    visitor.csrf = csrf

    shown = visitor.post("/dashboard/sign-out")

    assert shown.status == 403
    assert visitor.get("/dashboard").path == "/dashboard"


@pytest.mark.parametrize(
    "headers",
    [{"sec-fetch-site": "cross-site"}, {"sec-fetch-site": "same-site"}, {"origin": "https://elsewhere.example"}],
    ids=str,
)
def test_what_another_site_s_page_has_posted_is_refused(key, headers):
    assert Visitor().post("/dashboard/sign-in", headers=headers, key=key).status == 403


def test_a_browser_that_says_where_a_form_came_from_is_believed(key):
    headers = {"sec-fetch-site": "same-origin", "origin": f"https://{HOST}"}

    assert Visitor().post("/dashboard/sign-in", headers=headers, key=key).status == 200


@pytest.mark.parametrize(
    "elsewhere",
    [
        "https://elsewhere.example",
        "//elsewhere.example",
        "/dashboard\\..\\\\elsewhere.example",
        "/dashboardless",
        "/\t/",
    ],
)
def test_nobody_is_led_elsewhere_after_signing_in(key, elsewhere):
    assert Visitor().post("/dashboard/sign-in", key=key, next=elsewhere).path == "/dashboard"


def test_who_brings_a_key_is_signed_in_with_it(key):
    visitor = Visitor(headers={"authorization": f"Bearer {key}"})

    assert visitor.get("/dashboard").status == 200
    assert SESSION_COOKIE in visitor.cookies


def test_a_key_without_the_scope_is_told_so(service, key):
    made = service.request("POST", "/api/keys", {"name": "sender", "scopes": ["ingest"]}, key=key).json
    visitor = Visitor()

    shown = visitor.post("/dashboard/sign-in", key=made["secret"])

    assert shown.status == 403
    assert "acks the scope 'read'" in shown.words


def test_nobody_sees_another_organisation(service, visitor):
    token = visitor.cookies[SESSION_COOKIE]
    service.organisation("other")

    stolen = Visitor(cookies={SESSION_COOKIE: token.replace("_demo_", "_other_")})

    assert stolen.get("/dashboard").path.startswith("/dashboard/sign-in")


def test_every_answer_carries_the_policy(visitor):
    for shown in (visitor.get("/dashboard"), visitor.get("/dashboard/nowhere"), Visitor().get("/dashboard")):
        policy = dict(part.split(" ", 1) for part in shown.headers["Content-Security-Policy"].split("; "))
        assert policy["default-src"] == policy["base-uri"] == policy["frame-ancestors"] == "'none'"
        assert policy["script-src"] == policy["style-src"] == "'self'"
        assert shown.headers["Cache-Control"] == "no-store"
        assert shown.headers["X-Content-Type-Options"] == "nosniff"


def test_a_page_that_is_not_there_says_so(visitor):
    shown = visitor.get("/dashboard/nowhere/at/all")

    assert shown.status == 404
    assert "There is no page at '/dashboard/nowhere/at/all'" in shown.words
