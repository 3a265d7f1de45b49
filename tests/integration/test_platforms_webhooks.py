"""Webhooks of platforms: challenges, signatures over the very bytes, repeats, and what is too old."""

import base64
import hashlib
import hmac
import json
from datetime import timedelta

import pytest

from tests.support.authorization_server import CLIENT_SECRET, OWNER, authority
from tests.support.bus import Bus
from tests.support.channels import make_channels
from tests.support.local_table import function_environment, kept, mocked_aws
from tests.support.service import Service
from tests.support.social import WEBHOOK_TOKEN, Social, configure
from watchbill.platform import clock
from watchbill.platform.clock import frozen_at

PLATFORMS = ("instagram", "twitter", "linkedin", "facebook")
NOW = clock.now()
SECONDS = int(NOW.timestamp())
COMMENT = {"from": {"id": "9", "username": "luz"}, "media": {"id": "179"}, "id": "c-1", "text": "¡Qué bonito!"}
TOLD = {
    "instagram": {
        "object": "instagram",
        "entry": [{"id": OWNER, "time": SECONDS, "changes": [{"field": "comments", "value": COMMENT}]}],
    },
    "facebook": {
        "object": "page",
        "entry": [
            {
                "id": "777",
                "time": SECONDS,
                "changes": [
                    {
                        "field": "feed",
                        "value": {
                            "item": "comment",
                            "verb": "add",
                            "comment_id": "c-1",
                            "post_id": "777_1",
                            "from": {"id": "9", "name": "luz"},
                            "message": "¡Qué bonito!",
                            "created_time": SECONDS,
                        },
                    }
                ],
            }
        ],
    },
    "twitter": {
        "for_user_id": OWNER,
        "tweet_create_events": [
            {
                "id_str": "55",
                "text": "@ana ¡Qué bonito!",
                "timestamp_ms": str(SECONDS * 1000),
                "user": {"id_str": "9", "screen_name": "luz"},
            }
        ],
    },
    "linkedin": {
        "type": "ORGANIZATION_SOCIAL_ACTION_NOTIFICATIONS",
        "notifications": [
            {
                "notificationId": 71,
                "organizationalEntity": f"urn:li:organization:{OWNER}",
                "action": "COMMENT",
                "lastModifiedAt": SECONDS * 1000,
                "sourcePost": "urn:li:share:1",
                "decoratedGeneratedActivity": {"comment": {"owner": "luz", "text": "¡Qué bonito!"}},
            }
        ],
    },
}
each_platform = pytest.mark.parametrize("platform", PLATFORMS)


def digest(message, secret=CLIENT_SECRET):
    return hmac.new(secret.encode(), message, hashlib.sha256)


def signed(platform, body, secret=CLIENT_SECRET):
    """The headers that a platform signs a body with."""
    if platform == "twitter":
        return {"x-twitter-webhooks-signature": f"sha256={base64.b64encode(digest(body, secret).digest()).decode()}"}
    if platform == "linkedin":
        return {"X-LI-Signature": digest(b"hmacsha256=" + body, secret).hexdigest()}
    return {"X-Hub-Signature-256": f"sha256={digest(body, secret).hexdigest()}"}


@pytest.fixture(scope="module")
def deployment():
    """An organisation with an account of each platform, made once; and what makes it again as it was."""
    with function_environment(), mocked_aws(), authority() as server:
        make_channels()
        for platform in PLATFORMS:
            configure(platform, server.url)
        service = Service()
        social = Social(service, service.organisation("demo"), server, Bus(service))
        accounts = {platform: social.connect(platform)["id"] for platform in PLATFORMS}
        social.settle()
        yield social, accounts, kept()


@pytest.fixture
def social(deployment):
    """The organisation as it was made."""
    social, _, restore = deployment
    restore()
    return social


@pytest.fixture
def mentions(deployment, social):
    """What was said to the account of a platform."""
    _, accounts, _ = deployment
    return lambda platform: social.ask("GET", f"mentions/{accounts[platform]}").json["items"]


def deliver(social, platform, told=None, headers=None, secret=CLIENT_SECRET):
    """Have a platform deliver a webhook."""
    body = json.dumps(told or TOLD[platform], ensure_ascii=False).encode()
    sent = signed(platform, body, secret) if headers is None else headers
    return social.service.request("POST", f"/api/social/webhook/{platform}", key=None, raw=body, headers=sent)


def challenge(social, platform, query):
    return social.service.request("GET", f"/api/social/webhook/{platform}?{query}", key=None)


@each_platform
def test_what_is_said_to_an_account_is_kept_and_shown(social, mentions, platform):
    answer = deliver(social, platform)

    assert (answer.status, answer.json) == (200, {"taken": 1})
    (mention,) = mentions(platform)
    assert mention["author"] == "luz"
    assert "¡Qué bonito!" in mention["text"]


@each_platform
def test_what_is_delivered_again_is_kept_once(social, mentions, platform):
    assert [deliver(social, platform).status for _ in range(3)] == [200] * 3

    assert len(mentions(platform)) == 1


@each_platform
@pytest.mark.parametrize("forgery", ["another secret", "no signature", "a changed body", "nonsense"])
def test_what_the_platform_did_not_sign_is_refused(social, mentions, platform, forgery):
    body = json.dumps(TOLD[platform]).encode()
    headers = {
        "another secret": signed(platform, json.dumps(TOLD[platform], ensure_ascii=False).encode(), "another"),
        "no signature": {},
        "a changed body": signed(platform, body + b" "),
        "nonsense": dict.fromkeys(signed(platform, body), "sha256=é"),
    }[forgery]

    assert deliver(social, platform, headers=headers).status == 403
    assert mentions(platform) == []


def test_a_signature_of_one_platform_is_none_of_another(social):
    body = json.dumps(TOLD["twitter"], ensure_ascii=False).encode()

    assert deliver(social, "twitter", headers=signed("instagram", body)).status == 403


@each_platform
def test_what_is_too_old_is_refused(social, mentions, platform):
    with frozen_at(NOW + timedelta(hours=37)):
        answer = deliver(social, platform)

    assert answer.status == 400
    assert "too old" in answer.json["detail"]
    assert mentions(platform) == []


def test_what_is_said_to_nobody_here_is_passed_over(social, mentions):
    told = {**TOLD["twitter"], "for_user_id": "1"}

    assert deliver(social, "twitter", told).json == {"taken": 0}
    assert mentions("twitter") == []


def test_what_an_account_says_itself_is_no_mention(social, mentions):
    own = {**TOLD["twitter"]["tweet_create_events"][0], "user": {"id_str": OWNER, "screen_name": "ana"}}

    deliver(social, "twitter", {**TOLD["twitter"], "tweet_create_events": [own]})

    assert mentions("twitter") == []


def test_who_disconnected_is_told_no_more(social, deployment):
    _, accounts, _ = deployment
    social.ask("POST", "disconnect", {"accountId": accounts["twitter"]})
    social.settle()

    assert deliver(social, "twitter").json == {"taken": 0}


def test_mentions_are_listed_in_pages_newest_first(social, deployment):
    _, accounts, _ = deployment
    tweets = [
        {**TOLD["twitter"]["tweet_create_events"][0], "id_str": str(n), "timestamp_ms": str((SECONDS - n) * 1000)}
        for n in range(5)
    ]
    deliver(social, "twitter", {**TOLD["twitter"], "tweet_create_events": tweets})

    first = social.ask("GET", f"mentions/{accounts['twitter']}?limit=3").json
    rest = social.ask("GET", f"mentions/{accounts['twitter']}?limit=3&cursor={first['nextCursor']}").json

    assert [each["postId"] for each in [*first["items"], *rest["items"]]] == ["0", "1", "2", "3", "4"]


@pytest.mark.parametrize("platform", ["instagram", "facebook"])
def test_meta_s_challenge_is_answered_to_who_knows_the_token(social, platform):
    asked = "hub.mode=subscribe&hub.challenge=1158201444&hub.verify_token="

    assert challenge(social, platform, asked + WEBHOOK_TOKEN).text == "1158201444"
    assert challenge(social, platform, f"{asked}wrong").status == 403
    assert challenge(social, platform, "hub.mode=subscribe&hub.challenge=1").status == 403


def test_the_challenge_of_x_is_answered(social):
    answer = challenge(social, "twitter", "crc_token=abc")

    assert answer.json == {"response_token": f"sha256={base64.b64encode(digest(b'abc').digest()).decode()}"}


def test_the_challenge_of_linkedin_is_answered(social):
    code = "890e4665-4dfe-4ab1-b689-ed553bceeed0"

    answer = challenge(social, "linkedin", f"challengeCode={code}")

    assert answer.json == {"challengeCode": code, "challengeResponse": digest(code.encode()).hexdigest()}


def test_a_platform_that_is_not_configured_is_not_listened_to(social):
    assert challenge(social, "tiktok", "x=1").status == 422


@pytest.mark.parametrize("told", [[], {"entry": 1}, {"entry": [None, {"changes": [{"value": 3}]}]}, {"entry": [{}]}])
def test_what_has_another_shape_is_taken_for_nothing(social, told):
    answer = deliver(social, "instagram", told or {"entry": None})

    assert answer.status == 200
    assert answer.json == {"taken": 0}
