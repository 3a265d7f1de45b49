"""API: where platforms send webhooks to; open to everyone, who sign what they send."""

from aws_lambda_powertools.event_handler import Response

from watchbill.accounts.mentions import Taken
from watchbill.accounts.models import Platform
from watchbill.platform import bodies
from watchbill.platform.http import Api
from watchbill.services import webhooks
from watchbill.serving import api_handler

app = Api("social_webhook")
_PATH = "/api/social/webhook/<platform>"


@app.get(_PATH, include_in_schema=False)
def challenge(platform: Platform) -> Response[str]:
    """Answer a platform that asks whether this address is ours."""
    kind, text = webhooks().challenge(platform, app.current_event.query_string_parameters)
    return Response(200, kind, text, headers={"X-Content-Type-Options": "nosniff"})


@app.post(_PATH, include_in_schema=False)
def receive(platform: Platform) -> Taken:
    """Keep what a platform tells of connected accounts, if it is the platform."""
    event = app.current_event
    return webhooks().take(platform, event.headers, bodies.content(event.raw_event))


lambda_handler = api_handler(app)
