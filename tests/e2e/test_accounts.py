"""Accounts of other platforms on the local stack, over the wire: connected, published by, heard; no token in clear."""

import base64
import gzip
import json
import time
import zlib
from datetime import UTC, datetime, timedelta

import pytest

from infra.local.aws import client
from infra.local.processes import wait_until
from tests.support.social import REDIRECT, a_mention
from tests.support.written import Written, holding

SESSION = "e2e-accounts"
SOON = 30
"""Seconds: cold functions on a busy machine, of which there are three on the way of a post."""
AHEAD = timedelta(seconds=4)
PLANTED = "a-word-that-nobody-else-says"
WORD = PLANTED.encode()


@pytest.fixture(scope="module")
def answered():
    """Everything that was answered to us."""
    return []


@pytest.fixture(scope="module")
def us(caller, answered):
    """An organisation of its own, whose answers are kept."""
    us = caller("connected")
    keep = lambda response: answered.append(response.read() + str(response.headers).encode())  # noqa: E731
    us._client.event_hooks = {"response": [keep]}
    return us


@pytest.fixture(scope="module")
def told(stack, answered):
    """The kinds of events that were told about us on the bus, whose words are kept as what we were answered is."""
    queues, events = client(stack.settings, "sqs"), client(stack.settings, "events")
    url = queues.create_queue(QueueName="e2e-accounts")["QueueUrl"]
    arn = queues.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    pattern = json.dumps({"source": ["watchbill"], "detail": {"organisation": ["connected"]}})
    bus = stack.service.deployment.outputs["BusName"]
    events.put_rule(Name="e2e-accounts", EventBusName=bus, EventPattern=pattern)
    events.put_targets(Rule="e2e-accounts", EventBusName=bus, Targets=[{"Id": "queue", "Arn": arn}])

    heard = set()

    def kinds():
        for message in queues.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", []):
            answered.append(message["Body"].encode())
            heard.add(json.loads(message["Body"])["detail-type"])
        return heard

    return kinds


@pytest.fixture(scope="module")
def x(us, told, other_platforms):
    """An account of X, brought back by its owner's browser; its first token is over in a minute."""
    answer = other_platforms.authority.consent(initiate(us, "twitter")["authUrl"])
    other_platforms.authority.lasts = 60
    page = us.call("GET", "/api/social/auth/twitter/callback", params=answer)
    other_platforms.authority.lasts = 7200
    assert page.status_code == 200, page.text
    (account,) = us.get(f"/api/social/accounts/{SESSION}")["items"]
    return account["id"]


@pytest.fixture(scope="module")
def instagram(us, other_platforms):
    """An account of Instagram, whose owner's answer a page of ours has brought back."""
    return other_platforms.connect(us, "instagram", SESSION)


@pytest.fixture
def planted(stack):
    """A word in a table, a bucket, a queue, a log and a file, each time in another shape."""
    settings, outputs = stack.settings, stack.service.deployment.outputs
    tables, buckets, queues, logs = (client(settings, name) for name in ("dynamodb", "s3", "sqs", "logs"))
    bucket = buckets.list_buckets()["Buckets"][0]["Name"]
    item = {"pk": {"S": "planted"}, "sk": {"S": "planted"}}
    file = settings.logs / "planted.log"
    tables.put_item(TableName=outputs["TableName"], Item=item | {"x": {"M": {"y": {"B": zlib.compress(WORD)}}}})
    buckets.put_object(Bucket=bucket, Key="planted", Body=gzip.compress(WORD))
    url = queues.create_queue(QueueName="planted")["QueueUrl"]
    queues.send_message(QueueUrl=url, MessageBody=base64.b64encode(b"?" + WORD + b"?").decode())
    logs.create_log_group(logGroupName="planted")
    logs.create_log_stream(logGroupName="planted", logStreamName="planted")
    line = {"timestamp": int(time.time() * 1000), "message": f"said {PLANTED}!"}
    logs.put_log_events(logGroupName="planted", logStreamName="planted", logEvents=[line])
    file.write_bytes(WORD)
    yield
    tables.delete_item(TableName=outputs["TableName"], Key=item)
    buckets.delete_object(Bucket=bucket, Key="planted")
    queues.delete_queue(QueueUrl=url)
    logs.delete_log_group(logGroupName="planted")
    file.unlink()


def initiate(us, platform):
    wish = {"sessionId": SESSION, "redirectUri": REDIRECT.format(platform=platform)}
    return us.post(f"/api/social/auth/{platform}/initiate", wish)


def publish(us, platform, account, **wish):
    """The id of a post of ours."""
    return us.post("/api/social/publish", {"platform": platform, "accountId": account, **wish})["id"]


def ended(us, post_id, status="published"):
    """A post when it is over."""
    post = lambda: us.get(f"/api/social/posts/{post_id}")  # noqa: E731
    assert wait_until(lambda: post()["status"] in ("published", "failed"), SOON), post()
    assert post()["status"] == status, post()
    return post()


def test_posts_are_published_at_once_with_a_token_that_is_renewed_before(us, x, instagram, told, other_platforms):
    content = {"text": "Pan recién hecho", "imageUrls": [f"{other_platforms.authority.url}/photo.jpg"]}
    accounts = {"twitter": x, "instagram": instagram}
    wished = [publish(us, platform, account, content=content) for platform, account in accounts.items()]

    posts = [ended(us, post_id) for post_id in wished]

    assert {post["postId"] for post in posts} == {post["id"] for post in other_platforms.platforms.posts}
    assert other_platforms.authority.count("refresh_token") == 1
    assert wait_until(lambda: {"oauth_success", "post_published"} <= told(), SOON)
    assert other_platforms.platforms.wrong == []


def test_a_post_of_later_is_published_at_its_time_by_the_clock(stack, us, x, other_platforms):
    at = datetime.now(UTC) + AHEAD
    post_id = publish(us, "twitter", x, content={"text": "Luego"}, scheduledAt=at.isoformat())
    assert us.get(f"/api/social/posts/{post_id}")["status"] == "scheduled"
    functions = client(stack.settings, "lambda")

    def published():
        # The clock comes each minute; it is called so that nobody waits for it.
        functions.invoke(FunctionName="watchbill-development-due", Payload=b"{}")
        return us.get(f"/api/social/posts/{post_id}")["status"] == "published"

    assert wait_until(published, SOON)

    post = ended(us, post_id)
    assert datetime.fromisoformat(post["publishedAt"]) >= at
    assert [each["id"] for each in other_platforms.platforms.posts if each.get("text") == "Luego"] == [post["postId"]]


def test_an_event_of_the_calendar_publishes_at_its_time_by_the_account_of_its_session(us, x, other_platforms):
    at = datetime.now(UTC) + AHEAD
    content = {"content": {"text": "Del calendario"}, "metadata": {"channels": ["twitter"]}, "sessionId": SESSION}
    wish = {"title": "Pan", "type": "content_publish", "startTime": at.isoformat(), **content}
    event = us.post("/api/calendar/events", wish)["id"]
    now = lambda: us.get(f"/api/calendar/events/{event}")  # noqa: E731

    assert wait_until(lambda: now()["status"] == "completed", SOON), now()

    (publication,) = now()["publications"]
    assert [each["id"] for each in other_platforms.platforms.posts if each.get("text") == "Del calendario"] == [
        publication["postId"]
    ]
    assert datetime.fromisoformat(now()["completedAt"]) >= at


def test_what_a_platform_signs_is_heard_and_what_nobody_signed_is_not(us, caller, x):
    visitor = caller(None)
    body, signed = a_mention()
    forged = {"x-twitter-webhooks-signature": signed["x-twitter-webhooks-signature"][:-5] + "AAAA="}
    send = lambda headers: visitor.call(  # noqa: E731
        "POST", "/api/social/webhook/twitter", content=body, headers={"Content-Type": "application/json", **headers}
    )

    statuses = [send(headers).status_code for headers in ({}, forged, signed, signed)]

    assert statuses == [403, 403, 200, 200]
    (mention,) = us.get(f"/api/social/mentions/{x}")["items"]
    assert mention["author"] == "luz"


def test_an_account_that_is_forgotten_is_taken_back_from_its_platform(us, other_platforms, told):
    account = other_platforms.connect(us, "linkedin", SESSION)
    granted = other_platforms.authority.granted[-1]

    us.post("/api/social/disconnect", {"accountId": account})

    assert wait_until(lambda: not granted.live, SOON)
    assert wait_until(lambda: "oauth_disconnected" in told(), SOON)


def test_no_token_is_anywhere_in_clear_where_a_planted_word_is_found(
    stack, us, x, instagram, planted, answered, other_platforms
):
    answers = ((f"answer {number}", each) for number, each in enumerate(answered))
    places = [*Written(stack).places(), *answers]

    assert {each.split()[0] for each in holding(places, [PLANTED])} == {"item", "object", "sqs", "log", "file"}
    assert len(other_platforms.secrets) > 10
    assert holding(places, other_platforms.secrets) == set()
