"""Accounts are connected by the consent of their owners, asked at a real authorization server over the wire."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from urllib.parse import parse_qsl, urlsplit

import pytest

from tests.support.authorization_server import CLIENT_SECRET, authority, form
from tests.support.bus import Bus
from tests.support.channels import make_channels
from tests.support.local_table import every_item, everything, function_environment, kept, mocked_aws
from tests.support.service import Service
from tests.support.social import REDIRECT, SESSION, Social, configure, kinds
from watchbill.accounts.models import ConsentAnswer, Platform
from watchbill.platform import clock
from watchbill.platform.clock import frozen_at
from watchbill.platform.errors import Unprocessable
from watchbill.services import services

STANDARD = ("twitter", "linkedin")
EACH = (*STANDARD, "instagram", "facebook")
each_platform = pytest.mark.parametrize("platform", EACH)


@pytest.fixture(scope="module")
def deployment():
    """An organisation that may connect accounts of every platform, made once; and what makes it again as it was."""
    with function_environment(), mocked_aws(), authority() as server:
        make_channels()
        for platform in EACH:
            configure(platform, server.url)
        service = Service()
        key = service.organisation("demo")
        yield key, server, Bus(service), kept()


@pytest.fixture
def social(deployment):
    """The organisation as it was made."""
    key, server, bus, restore = deployment
    restore()
    server.begin_anew()
    bus.settle()
    return Social(Service(), key, server, bus)


@each_platform
def test_an_account_is_connected_by_its_owner_s_consent(social, platform):
    account = social.connect(platform)

    assert account["platform"] == platform
    assert account["status"] == "connected"
    assert account["sessionIds"] == [SESSION]
    assert social.accounts() == [account]


@pytest.mark.parametrize("platform", ["twitter", "instagram", "facebook"])
def test_the_code_is_bound_to_who_asked_for_it(social, platform):
    begun = social.initiate(platform)

    asked = dict(parse_qsl(urlsplit(begun.json["authUrl"]).query))
    social.complete(platform, social.authority.consent(begun.json["authUrl"]))

    assert asked["code_challenge_method"] == "S256"
    sent = next(form(request) for request in social.authority.seen if request.method == "POST")
    assert 43 <= len(sent["code_verifier"]) <= 128
    assert sent["code_verifier"] not in begun.text


def test_linkedin_is_sent_no_proof_which_it_would_refuse(social):
    social.connect("linkedin")

    sent = next(form(request) for request in social.authority.seen if request.method == "POST")
    assert "code_verifier" not in sent
    assert sent["client_secret"] == CLIENT_SECRET


def test_a_verifier_that_is_not_the_asker_s_gets_nothing(social, monkeypatch):
    answer = social.consented("twitter")
    code = social.authority.codes[answer["code"]]
    code.code_challenge = "A" * 43

    refused = social.complete("twitter", answer)

    assert refused.status == 422
    assert "Code challenge failed" in refused.json["detail"]
    assert social.accounts() == []
    assert kinds(social.settle()) == ["oauth_error"]


def test_a_state_is_good_for_one_answer(social):
    answer = social.consented("twitter")
    assert social.complete("twitter", answer).status == 201

    again = social.complete("twitter", answer)

    assert again.status == 422
    assert "used before" in again.json["detail"]
    assert social.authority.count("authorization_code") == 1


def test_of_many_who_bring_one_state_at_once_one_is_heard(social):
    completion = ConsentAnswer(**social.consented("twitter"), redirect_uri=REDIRECT.format(platform="twitter"))
    accounts = services("demo").accounts

    def bring(_):
        try:
            return len(accounts.complete(Platform.TWITTER, completion).items)
        except Unprocessable:
            return 0

    with ThreadPoolExecutor(8) as threads:
        heard = sorted(threads.map(bring, range(8)))

    assert heard == [0] * 7 + [1]
    assert social.authority.count("authorization_code") == 1


def test_a_state_is_good_for_ten_minutes(social):
    began = clock.now()
    with frozen_at(began):
        answer = social.consented("twitter")

    with frozen_at(began + timedelta(minutes=10)):
        late = social.complete("twitter", answer)

    assert late.status == 422
    assert "ten minutes" in late.json["detail"]


@pytest.mark.parametrize(
    "change",
    [lambda state: state[:-1] + ("a" if state[-1] != "a" else "b"), lambda _: "x", lambda _: f"wbs_demo_{'a' * 43}"],
    ids=["changed", "none", "invented"],
)
def test_a_state_that_was_not_given_out_is_refused(social, change):
    answer = social.consented("twitter")

    refused = social.complete("twitter", answer | {"state": change(answer["state"])})

    assert refused.status == 422
    assert "state" in refused.json["detail"]


def test_a_state_of_another_platform_is_refused(social):
    answer = social.consented("twitter")

    assert social.complete("linkedin", answer).status == 422
    assert social.complete("twitter", answer).status == 201


def test_a_state_of_another_organisation_is_refused(social):
    answer = social.consented("twitter")
    theirs = social.service.organisation("other")

    body = {**answer, "redirectUri": REDIRECT.format(platform="twitter")}
    refused = social.ask("POST", "auth/twitter/complete", body, key=theirs)

    assert refused.status == 422
    assert social.complete("twitter", answer).status == 201


def test_another_address_than_the_one_asked_with_is_refused(social):
    social.ask("PUT", "redirects", {"redirects": ["https://app.example.com/back"]})
    answer = social.consented("twitter")

    refused = social.complete("twitter", answer, redirectUri="https://app.example.com/back")

    assert refused.status == 422
    assert refused.json["errors"][0]["path"] == "redirectUri"


@pytest.mark.parametrize(
    "address",
    [
        "https://evil.example.com/",
        "http://localhost:9999/api/social/auth/twitter/callback/../x",
        "http://localhost:9999/api/social/auth/twitter/callback?next=https://evil.example.com",
        "http://localhost:9999/api/social/auth/linkedin/callback",
    ],
)
def test_nobody_is_sent_to_an_address_that_is_not_on_the_list(social, address):
    refused = social.initiate("twitter", redirectUri=address)

    assert refused.status == 422
    assert "not on the list" in refused.json["detail"]


def test_an_organisation_may_allow_addresses_of_its_own_only_for_itself(social):
    own = "https://app.example.com/{platform}/back"
    allowed = social.ask("PUT", "redirects", {"redirects": [own]})

    begun = social.initiate("twitter", redirectUri="https://app.example.com/twitter/back")
    theirs = social.service.organisation("other")
    wish = {"sessionId": SESSION, "redirectUri": "https://app.example.com/twitter/back"}
    refused = social.ask("POST", "auth/twitter/initiate", wish, key=theirs)

    assert (allowed.status, begun.status, refused.status) == (200, 201, 422)
    assert social.ask("GET", "redirects").json["redirects"] == [own]


def test_denied_consent_is_told_in_the_session_and_in_the_browser(social):
    begun = social.initiate("twitter")
    denied = social.authority.consent(begun.json["authUrl"], denied=True)

    page = back(social, "twitter", denied)

    assert page.status == 422
    assert "consent was not given" in page.text
    (event,) = social.settle()
    assert event["detail-type"] == "oauth_error"
    assert event["detail"]["session_ids"] == [SESSION]
    assert "access_denied" in event["detail"]["reason"] or "denied" in event["detail"]["reason"]


def test_an_owner_who_comes_back_in_the_browser_has_connected(social):
    page = back(social, "twitter", social.consented("twitter"))

    assert page.status == 200
    assert "ana" in page.text
    assert "default-src 'none'" in page.headers["Content-Security-Policy"]
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert [account["username"] for account in social.accounts()] == ["ana"]
    assert kinds(social.settle()) == ["oauth_success"]
    (noted,) = social.service.request("GET", "/api/audit?action=social.complete", key=social.key).json["items"]
    assert (noted["actor"]["name"], noted["made"]) == ("social_callback", social.accounts()[0]["id"])


def test_what_a_browser_brings_is_shown_as_text(social):
    begun = social.initiate("twitter")
    said = {"state": begun.json["state"], "error": "denied", "error_description": "<script>alert(1)</script>"}

    page = back(social, "twitter", said)

    assert "<script>" not in page.text
    assert "&lt;script&gt;" in page.text


def back(social, platform, answer):
    query = "&".join(f"{name}={value}" for name, value in answer.items())
    return social.service.request("GET", f"/api/social/auth/{platform}/callback?{query}", key=None)


def test_a_busy_authorization_server_connects_nothing_and_says_so(social):
    answer = social.consented("twitter")
    social.authority.down = True

    refused = social.complete("twitter", answer)

    assert refused.status == 422
    assert "503" in refused.json["detail"]


def test_connecting_again_renews_the_account_and_remembers_both_sessions(social):
    first = social.connect("twitter")
    answer = social.complete("twitter", social.consented("twitter", sessionId="session-2"))

    (again,) = answer.json["items"]
    assert again["id"] == first["id"]
    assert again["sessionIds"] == ["session-2", SESSION]
    assert kinds(social.settle()) == ["oauth_success", "oauth_success"]


def test_disconnecting_has_the_platform_take_its_tokens_back(social):
    account = social.connect("twitter")
    social.settle()

    answer = social.ask("POST", "disconnect", {"accountId": account["id"]})
    told = social.settle()

    assert (answer.status, answer.json["status"]) == (200, "disconnected")
    assert social.accounts() == []
    assert kinds(told) == ["oauth_disconnected"]
    assert not any(token.live for token in social.authority.granted)
    assert [item for item in every_item() if item["sk"]["S"] == "TOKENS"] == []


def test_an_account_that_was_connected_anew_meanwhile_keeps_its_tokens(social):
    account = social.connect("twitter")
    social.ask("POST", "disconnect", {"accountId": account["id"]})
    social.connect("twitter")

    social.settle()

    assert social.authority.granted[-1].live
    assert services("demo").accounts.token(services("demo").accounts.account(account["id"]))


def test_a_platform_that_is_not_configured_says_what_to_set(social):
    cards = {card["platform"]: card for card in social.ask("GET", "platforms").json["items"]}
    refused = social.ask("POST", "auth/tiktok/initiate", {"sessionId": "s", "redirectUri": "https://a.example.com/"})

    assert cards["twitter"]["status"] == "configured"
    assert cards["tiktok"]["status"] == "not_configured"
    assert cards["tiktok"]["missing"][0].endswith("/tiktok/client-id")
    assert refused.status == 422
    assert cards["tiktok"]["missing"][0] in refused.json["detail"]


def test_nothing_that_is_kept_told_or_answered_holds_a_token(social, caplog):
    shown = []
    for platform in EACH:
        begun = social.initiate(platform)
        answer = social.complete(platform, social.authority.consent(begun.json["authUrl"]))
        shown += [answer.text, str(services("demo").accounts.account(answer.json["items"][0]["id"]))]
    shown += [str(social.settle()), str(social.accounts()), caplog.text, everything()]

    secrets = social.authority.secrets | {CLIENT_SECRET}
    assert len(secrets) > 6
    assert [secret for secret in secrets if any(secret in text for text in shown)] == []
