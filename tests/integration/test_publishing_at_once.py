"""Many posts of one account at once, whose token is about to end: it is renewed once, and each is there once."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.support.authorization_server import authority
from tests.support.bus import Bus
from tests.support.platforms import Platforms
from tests.support.social import Social, configure
from watchbill.accounts.posts import NewPost
from watchbill.platform import aws
from watchbill.services import services

POSTS = 50


@pytest.fixture
def at_once(monkeypatch):
    """DynamoDB for many at once, one request after the other; whoever reads tokens first waits for all others."""
    client, one, met, waited = aws.dynamodb(), threading.RLock(), threading.Barrier(POSTS), threading.local()
    waited.once = True  # whoever prepares all this is none of them
    call = client._make_api_call

    def one_after_the_other(operation, asked):
        with one:
            answer = call(operation, asked)
        if operation == "GetItem" and "#TOKENS" in asked["Key"]["pk"]["S"] and not hasattr(waited, "once"):
            waited.once = True
            met.wait(timeout=30)
        return answer

    monkeypatch.setattr(client, "_make_api_call", one_after_the_other)


def test_fifty_posts_at_once_are_published_once_each_with_one_renewal(service, key, channels, at_once):
    platforms = Platforms()
    with authority(platforms.answer) as server:
        configure("twitter", server.url)
        us = services("demo")
        answer = Social(service, key, server, Bus(service)).consented("twitter")
        server.lasts = 60
        account = Social(service, key, server, Bus(service)).complete("twitter", answer).json["items"][0]["id"]
        server.lasts = 7200
        wish = {"platform": "twitter", "accountId": account}
        posts = [us.posts.publish(NewPost.model_validate({**wish, "content": {"text": f"{n}"}})) for n in range(POSTS)]

        with ThreadPoolExecutor(POSTS) as threads:
            list(threads.map(us.post_sender.send, [post.id for post in posts]))

        after = [us.posts.post(post.id) for post in posts]
    assert {post.status for post in after} == {"published"}
    assert sorted(post.post_id for post in after) == sorted(each["id"] for each in platforms.posts)
    assert sorted(int(each["text"]) for each in platforms.posts) == list(range(POSTS))
    assert server.count("refresh_token") == 1
    shown = {each.headers["authorization"] for each in platforms.seen if each.path == "/2/tweets"}
    assert shown == {f"Bearer {server.granted[-1].access_token}"}
