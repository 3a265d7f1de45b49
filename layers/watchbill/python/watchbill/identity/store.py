"""Organisations and keys in the table."""

import hmac
from collections.abc import Iterator

from watchbill.identity.models import ApiKey, Organisation
from watchbill.identity.rules import Credential
from watchbill.platform import clock, ids, keys
from watchbill.platform.access import Scope
from watchbill.platform.table import Item, Table


class IdentityStore:
    """One organisation's record and keys."""

    def __init__(self, table: Table) -> None:
        self._table = table
        self._organisation = keys.ORGANISATION(table.organisation)

    def exists(self) -> bool:
        """Whether the organisation was made."""
        return self._table.get(self._organisation) is not None

    def organisation(self) -> Organisation | None:
        """The organisation, if it exists."""
        item = self._table.get(self._organisation)
        return _to_organisation(self._table.organisation, item) if item else None

    def list_organisation(self, organisation: str) -> None:
        """Enter an organisation into the directory, which only the deployment's own store holds."""
        self._table.put(keys.DIRECTORY(self._table.organisation, organisation), {})

    def organisations(self) -> Iterator[str]:
        """Every organisation in the directory."""
        for stored in self._table.query(keys.DIRECTORY.partition(self._table.organisation)):
            yield keys.unescape(stored.key.sk)

    def cursor_secret(self) -> bytes:
        """What the organisation's cursors are signed with; made when the organisation was."""
        item = self._table.get(self._organisation) or {}
        return bytes(item["cursor_secret"])

    def create_organisation(self, organisation: Organisation) -> None:
        """Store a new organisation. Raises AlreadyExists."""
        item = _from_organisation(organisation) | {"cursor_secret": ids.new_signing_key()}
        self._table.create(self._organisation, item)

    def change_organisation(self, **fields: str) -> None:
        """Set fields of the organisation."""
        self._table.set(self._organisation, fields)

    def add_key(self, key: ApiKey, hashed: str) -> None:
        """Store a new key with its secret's hash."""
        self._table.create(
            keys.API_KEY(self._table.organisation, key.id),
            {
                "name": key.name,
                "scopes": [scope.value for scope in key.scopes],
                "created_at": clock.to_text(key.created_at),
                "hash": hashed,
            },
        )

    def key(self, credential: Credential) -> ApiKey | None:
        """The key a credential proves, or None."""
        item = self._table.get(keys.API_KEY(self._table.organisation, credential.key_id))
        if item is None or not hmac.compare_digest(str(item["hash"]), credential.hash):
            return None
        return _to_key(credential.key_id, item)

    def keys(self) -> Iterator[ApiKey]:
        """Every key of the organisation."""
        partition = keys.API_KEY.partition(self._table.organisation)
        for stored in self._table.query(partition, prefix=keys.API_KEY.prefix()):
            values = keys.API_KEY.parse(stored.key) or {}
            yield _to_key(values["key"], stored.item)

    def remove_key(self, key_id: str) -> bool:
        """Forget a key; whether there was one."""
        return self._table.delete(keys.API_KEY(self._table.organisation, key_id))


def deployment_store() -> IdentityStore:
    """The store of what belongs to the deployment as a whole."""
    return IdentityStore(Table(keys.DEPLOYMENT))


def _from_organisation(organisation: Organisation) -> Item:
    return {
        "name": organisation.name,
        "time_zone": organisation.time_zone,
        "created_at": clock.to_text(organisation.created_at),
    }


def _to_organisation(organisation: str, item: Item) -> Organisation:
    return Organisation(
        id=organisation,
        name=item["name"],
        time_zone=item["time_zone"],
        created_at=clock.from_text(item["created_at"]),
    )


def _to_key(key_id: str, item: Item) -> ApiKey:
    return ApiKey(
        id=key_id,
        name=item["name"],
        scopes=tuple(Scope(scope) for scope in item["scopes"]),
        created_at=clock.from_text(item["created_at"]),
    )
