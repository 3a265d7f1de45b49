"""Everything that accounts of X can be used for, also where things go wrong; the operations are watched by others."""

from datetime import timedelta

from tests.integration.client.server import Reply
from tests.support.authorization_server import CLIENT_ID, CLIENT_SECRET, Authority, authority
from tests.support.bus import Bus, work
from tests.support.platforms import Mishap, Platforms
from tests.support.service import Service
from tests.support.social import SESSION, Social, a_mention, configure, set_parameter
from tests.support.steps import AN_EVENT, EVENTS
from tests.support.tasks import Tasks, UsersFunction
from watchbill.platform import clock
from watchbill.platform.clock import frozen_at
from watchbill.platform.queue import Queue
from watchbill.services import forget


def drive_social(service: Service) -> None:
    """Connect, publish, be refused, be mentioned and disconnect, in a new organisation."""
    platforms = Platforms()
    with authority(platforms.answer) as server:
        for platform in ("twitter", "instagram"):
            configure(platform, server.url)
        key = service.organisation("social")
        social = Social(service, key, server, Bus(service))
        connect(social, server)
        account = social.connect("twitter")
        social.settle()
        publish(social, platforms, account["id"])
        plan(service, key)
        social.ask("POST", "disconnect", {"accountId": account["id"]})
        social.settle()
        generate(service, key, server)


def connect(social: Social, server: Authority) -> None:
    """Have one consent denied, one taken up in the browser, and one brought back twice."""
    for denied in (True, False):
        said = server.consent(social.initiate("twitter").json["authUrl"], denied=denied)
        query = "&".join(f"{name}={value}" for name, value in said.items())
        forget()
        social.service.request("GET", f"/api/social/auth/twitter/callback?{query}", key=None)
    social.settle()
    server.lasts = 60
    answer = social.consented("twitter")
    for _ in range(2):
        social.complete("twitter", answer)
    social.complete("twitter", social.consented("twitter") | {"code": "another"})


def plan(service: Service, key: str) -> None:
    """Have an event of the calendar publish by the account."""
    tasks = Tasks(service, key, UsersFunction())
    tasks.post(EVENTS, AN_EVENT | {"startTime": clock.to_text(clock.now()), "metadata": {"channels": ["twitter"]}})
    forget()
    tasks.go_on()


def generate(service: Service, key: str, server: Authority) -> None:
    """Have an agent make an image."""
    for name, value in {"url": server.url, "client-id": CLIENT_ID, "client-secret": CLIENT_SECRET}.items():
        set_parameter(f"media/{name}", value)
    forget()
    tasks = Tasks(service, key, UsersFunction())
    tasks.post("/api/v1/agents/worker/register", {"project": "p"})
    tasks.set(runtime={"kind": "builtin"}, agent_type="image-generator")
    tasks.make(payload={"prompt": "the sea"})
    tasks.go_on()


def deliver(social: Social) -> None:
    """Have X deliver a tweet that names the account."""
    body, signed = a_mention()
    social.service.request("POST", "/api/social/webhook/twitter", key=None, raw=body, headers=signed)


def publish(social: Social, platforms: Platforms, account: str) -> None:
    """Publish at once, later, and where the platform does not answer, takes the token no longer, or tells something."""
    platforms.mishaps.append(Mishap("POST", "/2/tweets", Reply(503, {})))
    forget()
    wish = {"platform": "twitter", "accountId": account, "content": {"text": "x"}}
    again = {"Idempotency-Key": "again"}
    for _ in range(2):
        social.ask("POST", "publish", wish, headers=again)
    social.ask("POST", "publish", {**wish, "content": {"text": "x" * 281}}, headers={"Idempotency-Key": "long"})
    forget()
    social.settle()
    social.ask("GET", "posts?limit=1")
    deliver(social)
    social.ask("GET", f"mentions/{account}")
    with frozen_at(clock.now() + timedelta(hours=1)):
        social.service.invoke("due", {})
        work(social.service, "social_worker", Queue.SOCIAL)
    social.ask("GET", f"accounts/{SESSION}")
