"""Posts reach their platforms as those document it, once each, whatever goes wrong on the way."""

from datetime import timedelta

import pytest

from tests.integration.client.server import Reply
from tests.support.authorization_server import authority
from tests.support.bus import Bus
from tests.support.channels import make_channels, received
from tests.support.local_table import every_item, everything, function_environment, kept, mocked_aws
from tests.support.platforms import PAGE, Mishap, Platforms
from tests.support.service import Service
from tests.support.social import Social, configure, kinds
from watchbill.accounts.posts import NewPost, PostOrigin
from watchbill.platform import clock
from watchbill.platform.clock import frozen_at
from watchbill.platform.queue import Later, Queue, bodies
from watchbill.services import services
from watchbill.waking import wake_posts

EACH = ("twitter", "linkedin", "facebook", "instagram")
ASKED_AT = {
    "twitter": "/2/tweets",
    "linkedin": "/rest/posts",
    "facebook": f"/v23.0/{PAGE}/photos",
    "instagram": "/v23.0/12345/media_publish",
}
each_platform = pytest.mark.parametrize("platform", EACH)


class World(Social):
    """An organisation with an account of each platform."""

    platforms: Platforms
    accounts_of: dict

    def publish(self, platform, **fields):
        """Have something published; its id."""
        content = {"text": "Hola & adios #uno", "imageUrls": [f"{self.authority.url}/photo.jpg"], **fields}
        wish = {"platform": platform, "accountId": self.accounts_of[platform], "content": content}
        answer = self.ask("POST", "publish", wish)
        assert answer.status == 202, answer.text
        return answer.json["id"]

    def post(self, post_id):
        """A post as it is now."""
        return self.ask("GET", f"posts/{post_id}").json

    def send(self, post_id, after=timedelta()):
        """Have a post worked on, a while after it was said that it should be; whether it is over then."""
        due = services("demo").posts.post(post_id).next_attempt_at or clock.now()
        with frozen_at(max(due, clock.now()) + after):
            try:
                services("demo").post_sender.send(post_id)
            except Later:
                return False
        return True


@pytest.fixture(scope="module")
def deployment():
    """An organisation with an account of each platform, made once; and what makes it again as it was."""
    platforms = Platforms()
    with function_environment(), mocked_aws(), authority(platforms.answer) as server:
        platforms.url = server.url
        make_channels()
        for platform in EACH:
            configure(platform, server.url)
        service = Service()
        world = World(service, service.organisation("demo"), server, Bus(service))
        world.platforms = platforms
        world.accounts_of = {platform: world.connect(platform)["id"] for platform in EACH}
        world.settle()
        yield world, kept(), list(server.granted)


@pytest.fixture
def world(deployment):
    """The organisation as it was made, at whose platforms nothing was published."""
    world, restore, granted = deployment
    restore()
    world.platforms.begin_anew()
    world.authority.begin_anew()
    world.authority.granted += granted
    for token in granted:
        token.live = True
    world.settle()
    yield world
    assert world.platforms.wrong == []


@each_platform
def test_a_post_is_published_as_documented_and_its_id_is_kept(world, platform):
    post_id = world.publish(platform)

    told = world.settle()

    post = world.post(post_id)
    (published,) = world.platforms.posts
    assert (post["status"], post["postId"]) == ("published", published["id"])
    assert post["postUrl"].startswith("https://")
    assert kinds(told) == ["post_published"]
    assert world.ask("GET", "posts").json["items"] == [post]


@each_platform
def test_a_post_of_several_images_is_one(world, platform):
    images = [f"{world.authority.url}/photo-{number}.jpg" for number in range(3)]
    post_id = world.publish(platform, imageUrls=images)

    world.settle()

    assert world.post(post_id)["status"] == "published"
    assert len(world.platforms.posts) == 1


@pytest.mark.parametrize("platform", ["twitter", "linkedin", "facebook"])
def test_a_post_may_be_text_only(world, platform):
    post_id = world.publish(platform, imageUrls=[], link="https://example.com/")

    world.settle()

    assert world.post(post_id)["status"] == "published"


def test_a_post_for_an_event_is_kept_once_and_told_with_what_it_is_for(world):
    wish = NewPost.model_validate(
        {"platform": "twitter", "accountId": world.accounts_of["twitter"], "content": {"text": "Pan"}}
    )
    origin = PostOrigin(event_id="an-event", occurrence="", channel="x")

    kept = [services("demo").posts.keep(wish, "a-publication", origin) for _ in range(2)]
    told = world.settle()

    assert len(world.platforms.posts) == 1
    assert [post.id for post in kept] == ["a-publication"] * 2
    assert [event["detail"]["origin"] for event in told] == [origin.model_dump()]
    assert world.post("a-publication")["origin"] == {"eventId": "an-event", "occurrence": "", "channel": "x"}


def test_what_means_something_to_linkedin_is_said_and_not_meant(world):
    world.publish("linkedin", text="100% [sic] (see #tag) a_b*c", imageUrls=[])

    world.settle()

    assert world.platforms.posts[0]["commentary"] == "100% \\[sic\\] \\(see #tag\\) a\\_b\\*c"


def test_a_container_of_instagram_is_waited_for(world):
    world.platforms.waits += ["IN_PROGRESS", "IN_PROGRESS"]
    post_id = world.publish("instagram")

    assert [world.send(post_id) for _ in range(3)] == [False, False, True]

    assert world.post(post_id)["status"] == "published"
    assert len(world.platforms.containers) == 1


def test_a_container_that_has_expired_is_made_anew(world):
    world.platforms.waits += ["EXPIRED"]
    post_id = world.publish("instagram")

    assert [world.send(post_id) for _ in range(2)] == [False, True]

    assert len(world.platforms.containers) == 2
    assert len(world.platforms.posts) == 1


def test_media_that_instagram_cannot_take_end_the_matter(world):
    world.platforms.waits += ["ERROR"]
    post_id = world.publish("instagram")

    assert world.send(post_id)

    assert world.post(post_id)["status"] == "failed"
    assert "JPEG" in world.post(post_id)["error"]


@each_platform
@pytest.mark.parametrize("reply", [Reply(503, {}), Reply(0, None)], ids=["503", "silence"])
@pytest.mark.parametrize("done", [True, False], ids=["done", "undone"])
def test_a_post_without_an_answer_is_looked_for_and_never_made_twice(world, platform, reply, done):
    world.platforms.mishaps.append(Mishap("POST", ASKED_AT[platform], reply, done))
    post_id = world.publish(platform)

    assert not world.send(post_id)
    assert len(world.platforms.posts) == int(done)
    assert world.send(post_id)

    post = world.post(post_id)
    assert (post["status"], post["postId"]) == ("published", world.platforms.posts[0]["id"])
    assert len(world.platforms.posts) == 1


@pytest.mark.parametrize("platform", ["twitter", "linkedin", "facebook"])
def test_text_alone_is_found_again_too(world, platform):
    path = ASKED_AT[platform].replace("photos", "feed")
    world.platforms.mishaps.append(Mishap("POST", path, done=True))
    post_id = world.publish(platform, text="Tom & Jerry: https://example.com/", imageUrls=[])

    assert [world.send(post_id) for _ in range(2)] == [False, True]

    assert len(world.platforms.posts) == 1


@each_platform
def test_who_dies_before_the_answer_leaves_a_post_that_is_looked_for(world, platform, monkeypatch):
    post_id = world.publish(platform)
    sender = services("demo").post_sender
    advance = sender._store.advance

    def die(before, after):
        if after.post.status.ended:
            raise KeyboardInterrupt
        return advance(before, after)

    monkeypatch.setattr(sender._store, "advance", die)
    with pytest.raises(KeyboardInterrupt):
        sender.send(post_id)
    monkeypatch.undo()
    assert not world.send(post_id)  # it is leased

    assert world.send(post_id, after=timedelta(minutes=4))

    assert world.post(post_id)["status"] == "published"
    assert len(world.platforms.posts) == 1


def test_a_platform_that_does_not_let_us_look_is_not_asked_twice(world):
    world.platforms.mishaps += [
        Mishap("POST", "/2/tweets", done=True),
        Mishap("GET", "/2/users/12345/tweets", Reply(403, {"detail": "your plan has no reading"})),
    ]
    post_id = world.publish("twitter")

    assert [world.send(post_id) for _ in range(2)] == [False, True]

    assert world.post(post_id)["status"] == "failed"
    assert "not known whether it was published" in world.post(post_id)["error"]
    assert len(world.platforms.posts) == 1


def test_a_message_that_comes_twice_publishes_once(world):
    post_id = world.publish("twitter")

    for _ in range(3):
        world.send(post_id)

    assert len(world.platforms.posts) == 1


@pytest.mark.parametrize(
    ("platform", "headers", "body", "seconds"),
    [
        ("twitter", {"x-rate-limit-reset": "{reset}"}, {"title": "Too Many Requests"}, 600),
        ("linkedin", {"Retry-After": "120"}, {"message": "slow down"}, 120),
        (
            "facebook",
            {"X-Business-Use-Case-Usage": '{"1":[{"type":"pages","estimated_time_to_regain_access":30}]}'},
            {"error": {"message": "limit", "code": 32}},
            1_800,
        ),
        ("instagram", {}, {"error": {"message": "limit", "code": 9}}, 900),
    ],
)
def test_a_limit_is_waited_for_as_long_as_the_platform_says(world, platform, headers, body, seconds):
    now = clock.now()
    said = {name: value.replace("{reset}", str(int(now.timestamp()) + 600)) for name, value in headers.items()}
    status = 429 if platform in ("twitter", "linkedin") else 403
    world.platforms.mishaps.append(Mishap("POST", ASKED_AT[platform], Reply(status, body, said)))
    with frozen_at(now):
        post_id = world.publish(platform)
        assert not world.send(post_id)

    waits = clock.from_text(world.post(post_id)["nextAttemptAt"]) - now
    assert seconds - 2 <= waits.total_seconds() <= seconds
    assert world.send(post_id)
    assert len(world.platforms.posts) == 1


@each_platform
def test_a_refusal_is_explained_in_the_platform_s_words(world, platform):
    meta = {"error": {"message": "(#368) The action is deemed abusive", "code": 100}}
    body = meta if platform in ("facebook", "instagram") else {"detail": "You said that before", "message": "duplicate"}
    world.platforms.mishaps.append(Mishap("POST", ASKED_AT[platform], Reply(403, body)))
    post_id = world.publish(platform)

    assert world.send(post_id)

    post = world.post(post_id)
    assert post["status"] == "failed"
    assert any(word in post["error"] for word in ("abusive", "before", "duplicate"))
    assert kinds(world.settle()) == ["post_failed"]


def test_a_token_that_is_taken_no_longer_marks_the_account(world):
    world.platforms.mishaps.append(Mishap("POST", "/2/tweets", Reply(401, {"title": "Unauthorized"})))
    post_id = world.publish("twitter")

    assert world.send(post_id)

    account = next(each for each in world.accounts() if each["platform"] == "twitter")
    assert account["status"] == "revoked"
    assert "connected again" in world.post(post_id)["error"]
    assert sorted(kinds(world.settle())) == ["oauth_error", "post_failed"]
    refused = world.ask(
        "POST", "publish", {"platform": "twitter", "accountId": account["id"], "content": {"text": "again"}}
    )
    assert refused.status == 422


def test_an_account_to_be_connected_again_alerts_who_asked_for_that(world):
    wish = {"channel": "webhook", "target": "http://127.0.0.1:9/hook", "kinds": ["account-revoked"]}
    world.service.request("POST", "/api/alerts/subscriptions", wish, key=world.key)
    world.platforms.mishaps.append(Mishap("POST", "/2/tweets", Reply(401, {"title": "Unauthorized"})))
    world.send(world.publish("twitter"))

    world.settle()

    (message,) = bodies(received(Queue.DELIVERIES))
    assert message["kind"] == "account-revoked"
    assert message["payload"]["data"]["username"] == "ana"


def test_a_post_of_later_is_published_by_the_clock(world):
    later = clock.now() + timedelta(hours=2)
    wish = {
        "platform": "twitter",
        "accountId": world.accounts_of["twitter"],
        "content": {"text": "later"},
        "scheduledAt": clock.to_text(later),
    }
    post_id = world.ask("POST", "publish", wish).json["id"]
    world.settle()
    wake_posts()
    world.settle()
    assert world.post(post_id)["status"] == "scheduled"

    with frozen_at(later + timedelta(seconds=1)):
        wake_posts()
        world.settle()

    assert world.post(post_id)["status"] == "published"
    assert [item for item in every_item() if "#DUEPOSTS" in item["pk"]["S"]] == []


@pytest.mark.parametrize(
    ("platform", "content", "path"),
    [
        ("twitter", {"text": "x" * 281}, "content.text"),
        ("twitter", {"imageUrls": ["https://a.example.com/1.jpg"] * 5}, "content.imageUrls"),
        ("instagram", {"text": "words only"}, "content.imageUrls"),
        ("instagram", {"imageUrls": ["https://a.example.com/1.png"]}, "content.imageUrls.0"),
        ("instagram", {"text": "#a " * 31, "imageUrls": ["https://a.example.com/1.jpg"]}, "content.text"),
        ("linkedin", {"text": "x" * 3_001}, "content.text"),
        (
            "facebook",
            {"imageUrls": ["https://a.example.com/1.jpg"], "link": "https://b.example.com/"},
            "content.imageUrls",
        ),
    ],
)
def test_what_a_platform_would_refuse_is_refused_before(world, platform, content, path):
    wish = {"platform": platform, "accountId": world.accounts_of[platform], "content": content}

    refused = world.ask("POST", "publish", wish)

    assert refused.status == 422
    assert refused.json["errors"][0]["path"] == path


def test_a_post_that_never_gets_an_answer_is_given_up_within_a_day(world):
    world.platforms.mishaps += [Mishap("POST", "/2/tweets", Reply(503, {})) for _ in range(30)]
    post_id = world.publish("twitter")

    attempts = 0
    while not world.send(post_id):
        attempts += 1
        assert attempts < 20

    assert world.post(post_id)["status"] == "failed"
    assert "given up" in world.post(post_id)["error"]


def test_nothing_that_is_kept_of_posts_holds_a_token_not_even_where_a_refusal_repeats_it(world, caplog):
    for platform in EACH:
        world.publish(platform)
        world.platforms.mishaps.append(Mishap("POST", ASKED_AT[platform], repeats=True))
        assert world.send(refused := world.publish(platform))
        assert world.post(refused)["error"] == "Malformed access token …"
    shown = f"{world.settle()} {everything()} {world.ask('GET', 'posts').text} {caplog.text}"

    assert [secret for secret in world.authority.secrets if secret in shown] == []
