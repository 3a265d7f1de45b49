"""Signing in with an API key, staying signed in, signing out."""

from watchbill.dashboard import rules
from watchbill.dashboard.models import Session
from watchbill.dashboard.store import SessionStore
from watchbill.identity.rules import credential_of
from watchbill.identity.service import principal_of
from watchbill.platform import clock
from watchbill.platform.errors import Unauthorized
from watchbill.platform.table import Table
from watchbill.platform.tokens import Kind, new_token, organisation_of


def sign_in(secret: str) -> Session:
    """A session of the holder of a key. Raises Unauthorized for a key that is not one of ours."""
    credential = credential_of(secret)
    principal = principal_of(credential) if credential else None
    if credential is None or principal is None:
        raise Unauthorized("this is not one of our API keys")
    token, until = new_token(Kind.PAGE_SESSION, credential.organisation), clock.now() + rules.LIFETIME
    SessionStore(Table(credential.organisation)).add(token, credential, until)
    return Session(token, principal, until)


def signed_in(token: str | None) -> Session | None:
    """The session a token belongs to, if it still lasts and its key has not been revoked."""
    organisation = organisation_of(Kind.PAGE_SESSION, token) if token else None
    if token is None or organisation is None:
        return None
    found = SessionStore(Table(organisation)).find(token)
    if found is None or found[1] <= clock.now():
        return None
    principal = principal_of(found[0])
    return Session(token, principal, found[1]) if principal else None


def sign_out(session: Session) -> None:
    """End a session: its token is worth nothing from now on."""
    SessionStore(Table(session.principal.organisation)).remove(session.token)
