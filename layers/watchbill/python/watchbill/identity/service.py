"""Who may act for an organisation: making organisations, issuing and revoking keys, recognising one."""

from collections.abc import Iterator

from watchbill.identity.models import (
    ApiKey,
    IssuedKey,
    KeyList,
    NewKey,
    Organisation,
    OrganisationChange,
    Provision,
    Provisioned,
)
from watchbill.identity.rules import Credential, credential_of, new_key
from watchbill.identity.store import IdentityStore, deployment_store
from watchbill.platform import clock
from watchbill.platform.access import Principal, Scope
from watchbill.platform.errors import BadRequest, NotFound
from watchbill.platform.table import AlreadyExists, Table


class IdentityService:
    """One organisation's record and keys."""

    def __init__(self, organisation: str, store: IdentityStore) -> None:
        self._organisation = organisation
        self._store = store

    def organisation(self) -> Organisation:
        """The organisation. Raises NotFound."""
        organisation = self._store.organisation()
        if organisation is None:
            raise NotFound(f"there is no organisation {self._organisation!r}")
        return organisation

    def provision(self, wish: Provision) -> Provisioned:
        """The organisation, made if it is not there yet and else left as it is, with a fresh key of every scope."""
        organisation = Organisation(
            id=self._organisation, name=wish.name, time_zone=wish.time_zone, created_at=clock.now()
        )
        # Listed before it is made: an organisation that is listed and not there is passed over, one that is there and
        # not listed would never be looked at.
        deployment_store().list_organisation(self._organisation)
        try:
            self._store.create_organisation(organisation)
        except AlreadyExists:
            organisation = self.organisation()
        key = self.issue_key(NewKey(name="operator", scopes=frozenset(Scope)))
        return Provisioned(organisation=organisation, key=key)

    def change(self, change: OrganisationChange) -> Organisation:
        """Set what the change names. Raises BadRequest when it names nothing."""
        fields = change.model_dump(exclude_none=True)
        if not fields:
            raise BadRequest("nothing to change: give name or time_zone")
        self._store.change_organisation(**fields)
        return self.organisation()

    def issue_key(self, wish: NewKey) -> IssuedKey:
        """A new key with its secret, which is shown here and never again."""
        secret, credential = new_key(self._organisation)
        key = ApiKey(id=credential.key_id, name=wish.name, scopes=tuple(sorted(wish.scopes)), created_at=clock.now())
        self._store.add_key(key, credential.hash)
        return IssuedKey(**key.model_dump(), secret=secret)

    def keys(self) -> KeyList:
        """Every key, newest first."""
        newest_first = sorted(self._store.keys(), key=lambda key: (key.created_at, key.id), reverse=True)
        return KeyList(items=tuple(newest_first))

    def revoke_key(self, key_id: str) -> None:
        """Forget a key; requests with it are refused once the authorizer's cache has run out. Raises NotFound."""
        if not self._store.remove_key(key_id):
            raise NotFound(f"there is no key {key_id!r}")


def directory() -> Iterator[str]:
    """The id of every organisation of the deployment, for what the clock starts."""
    for organisation in deployment_store().organisations():
        # Whether it is there, no more: what is wrong with one organisation is not the others' affair.
        if IdentityStore(Table(organisation)).exists():
            yield organisation


def recognise(secret: str | None) -> Principal | None:
    """Whose key this is and what it may do, or None. The only question asked before an organisation is known."""
    credential = credential_of(secret) if secret else None
    return principal_of(credential) if credential else None


def principal_of(credential: Credential) -> Principal | None:
    """Who acts with a key that is known by its hash, or None when it has been revoked, or never was."""
    key = IdentityStore(Table(credential.organisation)).key(credential)
    if key is None:
        return None
    return Principal(credential.organisation, key.id, frozenset(Scope(scope) for scope in key.scopes), key.name)
