"""API keys (scope admin)."""

from collections.abc import Sequence

from watchbill_client.connection import Connection, Request, new_idempotency_key, route
from watchbill_client.models import ApiKey, IssuedKey
from watchbill_client.paging import Page, fetch_page


class _Issued(ApiKey):
    """What issuing answers; the answer to a repeated request has no secret, for the service keeps none."""

    secret: str | None = None


class Keys:
    """`client.keys`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def create(self, name: str, scopes: Sequence[str]) -> IssuedKey:
        """Issue a key with scopes (see `Scope`). Its secret is in this answer and nowhere else, ever."""
        while True:
            issued = self._issue(name, scopes)
            if issued.secret is not None:
                return IssuedKey.model_validate(issued.model_dump())
            # The first answer was lost on its way, and the secret with it: that key is of no use to anybody.
            self.revoke(issued.id)

    def _issue(self, name: str, scopes: Sequence[str]) -> _Issued:
        body = {"name": name, "scopes": scopes}
        request = Request("POST", route("api", "keys"), body=body, idempotency_key=new_idempotency_key())
        return self._connection.call(request, _Issued)

    def list(self, limit: int | None = None, cursor: str | None = None) -> Page[ApiKey]:
        """The organisation's keys, without their secrets. Iterating goes through all pages."""
        return fetch_page(
            self._connection, Request("GET", route("api", "keys"), params={"limit": limit}), ApiKey, cursor
        )

    def revoke(self, key_id: str) -> None:
        """Revoke a key; within a minute (the authorizer's cache) no request with it is answered."""
        self._connection.send(Request("DELETE", route("api", "keys", key_id)))
