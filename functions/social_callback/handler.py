"""API: where platforms send people back to who were asked for their consent; open to everyone, who show their state."""

from typing import Annotated

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Query

from watchbill.accounts.callback import page_of
from watchbill.accounts.models import Platform
from watchbill.accounts.service import organisation_of
from watchbill.platform.http import Api
from watchbill.serving import api_handler, services

app = Api("social_callback")
Said = Annotated[str | None, Query(max_length=4_000)]


@app.get("/api/social/auth/<platform>/callback", include_in_schema=False)
def callback(
    platform: Platform, state: Said = None, code: Said = None, error: Said = None, error_description: Said = None
) -> Response[str]:
    """Connect the accounts of whoever comes back, and say what happened."""
    said = {"state": state, "code": code, "error": error, "error_description": error_description}
    answer = {name: value for name, value in said.items() if value}
    page = page_of(
        platform,
        lambda: services(organisation_of(answer.get("state", ""))).connect_returned(platform, answer),
    )
    return Response(page.status, "text/html; charset=utf-8", page.html, headers=dict(page.headers))


lambda_handler = api_handler(app)
