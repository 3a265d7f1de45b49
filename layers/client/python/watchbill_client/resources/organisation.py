"""The organisation the API key belongs to."""

from watchbill_client.connection import Connection, Request, route
from watchbill_client.models import Organisation

_PATH = route("api", "organisation")


class OrganisationResource:
    """`client.organisation`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def get(self) -> Organisation:
        """The organisation."""
        return self._connection.call(Request("GET", _PATH), Organisation)

    def update(self, *, name: str | None = None, time_zone: str | None = None) -> Organisation:
        """Change the name or the IANA time zone, such as `Europe/London` (scope admin)."""
        changes = {"name": name, "time_zone": time_zone}
        body = {field: value for field, value in changes.items() if value is not None}
        return self._connection.call(Request("PATCH", _PATH, body=body), Organisation)
