"""The organisation's API keys: made, with a secret that is shown once, and revoked."""

from typing import Annotated

from pydantic import BeforeValidator, Field

from watchbill.dashboard.forms import as_many
from watchbill.dashboard.routing import Pages
from watchbill.dashboard.visits import Answer, Visit
from watchbill.identity.models import IssuedKey, NewKey
from watchbill.platform.access import Scope

pages = Pages()


class _NewKey(NewKey):
    """The form: a name, and the scopes that were ticked."""

    scopes: Annotated[frozenset[Scope], BeforeValidator(as_many), Field(min_length=1)]


@pages.get("/keys", Scope.ADMIN)
def keys(visit: Visit) -> Answer:
    """Every key, and where to make another."""
    return _page(visit)


@pages.post("/keys", Scope.ADMIN, action="identity.issue_key")
def issue(visit: Visit) -> Answer:
    """The new key with its secret. It is on this page alone: nothing that leads to another one could carry it."""
    return _page(visit, visit.services.identity.issue_key(visit.form(_NewKey)))


@pages.post("/keys/<key_id>/revoke", Scope.ADMIN, action="identity.revoke_key")
def revoke(visit: Visit, key_id: str) -> Answer:
    """Without the key."""
    visit.services.identity.revoke_key(key_id)
    return visit.go("/dashboard/keys", "The key is revoked.")


def _page(visit: Visit, issued: IssuedKey | None = None) -> Answer:
    return visit.page("keys.html", keys=visit.services.identity.keys().items, scopes=_SCOPES, issued=issued)


_SCOPES = {
    Scope.INGEST: "send runs, spans and metrics",
    Scope.READ: "see everything, and make reports",
    Scope.EXECUTE: "have agents work: tasks, chats, campaigns",
    Scope.ADMIN: "keys, budgets, settings, the task runner",
}
