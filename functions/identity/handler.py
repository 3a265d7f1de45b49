"""API: the organisation and its keys."""

from aws_lambda_powertools.event_handler import Response

from watchbill.identity.models import IssuedKey, KeyList, NewKey, Organisation, OrganisationChange
from watchbill.platform.access import Scope
from watchbill.platform.http import Api, PathName, idempotent, requires
from watchbill.serving import api_handler, services

app = Api("identity")


@app.post("/api/keys", status_code=201, middlewares=[requires(Scope.ADMIN), idempotent(unkept="secret")])
def issue_key(wish: NewKey) -> IssuedKey:
    """Issue a key; its secret is in this answer only."""
    return services(app.principal).identity.issue_key(wish)


@app.get("/api/keys", middlewares=[requires(Scope.ADMIN)])
def list_keys() -> KeyList:
    """The organisation's keys, newest first."""
    return services(app.principal).identity.keys()


@app.delete("/api/keys/<key_id>", status_code=204, middlewares=[requires(Scope.ADMIN)])
def revoke_key(key_id: PathName) -> Response[None]:
    """Revoke a key."""
    services(app.principal).identity.revoke_key(key_id)
    return app.no_content()


@app.get("/api/organisation", middlewares=[requires(Scope.READ)])
def get_organisation() -> Organisation:
    """The organisation of the key."""
    return services(app.principal).identity.organisation()


@app.patch("/api/organisation", middlewares=[requires(Scope.ADMIN)])
def change_organisation(change: OrganisationChange) -> Organisation:
    """Change the organisation's name or time zone."""
    return services(app.principal).identity.change(change)


lambda_handler = api_handler(app)
