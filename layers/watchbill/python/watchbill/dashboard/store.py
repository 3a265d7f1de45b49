"""Sessions in the table, under the hash of their tokens: who reads the table cannot sign in with what it holds."""

from datetime import datetime

from watchbill.identity.rules import Credential
from watchbill.platform import clock, ids, keys
from watchbill.platform.keys import Key
from watchbill.platform.table import EXPIRES_AT, Table


class SessionStore:
    """One organisation's sessions."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def add(self, token: str, credential: Credential, until: datetime) -> None:
        """Store a new session of who has proved to hold a key."""
        item = {"key_id": credential.key_id, "hash": credential.hash, "until": clock.to_text(until)}
        self._table.create(self._key(token), {**item, EXPIRES_AT: int(until.timestamp()) + 1})

    def find(self, token: str) -> tuple[Credential, datetime] | None:
        """The key behind a session, and until when it lasts; None when there is no such session."""
        item = self._table.get(self._key(token))
        if item is None:
            return None
        credential = Credential(self._table.organisation, item["key_id"], item["hash"])
        return credential, clock.from_text(item["until"])

    def remove(self, token: str) -> None:
        """End a session."""
        self._table.delete(self._key(token))

    def _key(self, token: str) -> Key:
        return keys.PAGE_SESSION(self._table.organisation, ids.secret_hash(token))
