"""API: the calendar as other calendars read it; open to whoever knows its secret address."""

from aws_lambda_powertools.event_handler import Response

from watchbill.calendar.feed import organisation_of
from watchbill.platform.http import Api
from watchbill.services import services
from watchbill.serving import api_handler

app = Api("feed")


@app.get("/api/calendar/feed.ics", include_in_schema=False)
def feed() -> Response[str]:
    """The events of a year back and two ahead as an iCalendar."""
    # Arguments of routes are logged when somebody looks for a mistake; this one is a secret.
    token = app.current_event.query_string_parameters.get("token", "")
    known = app.current_event.headers.get("if-none-match")
    found = services(organisation_of(token)).feed.read(token, known)
    return Response(found.status, "text/calendar; charset=utf-8", found.text, headers=found.headers)


lambda_handler = api_handler(app)
