"""API: accounts on other platforms: connecting them, showing them, forgetting them."""

from watchbill.accounts import models
from watchbill.accounts.models import Platform
from watchbill.platform.access import Scope
from watchbill.platform.http import Api, PathName, requires
from watchbill.serving import api_handler, services

app = Api("social")
_AUTH = "/api/social/auth/<platform>"


@app.get("/api/social/platforms", middlewares=[requires(Scope.READ)])
def list_platforms() -> models.PlatformList:
    """The platforms, and what is still to be set for each before accounts of it can be connected."""
    return services(app.principal).accounts.platforms()


@app.post(f"{_AUTH}/initiate", status_code=201, middlewares=[requires(Scope.EXECUTE)])
def initiate(platform: Platform, wish: models.Initiation) -> models.Consent:
    """Where the owner of an account is to be asked; what comes back is good for ten minutes, and once."""
    return services(app.principal).accounts.initiate(platform, wish)


@app.post(f"{_AUTH}/complete", status_code=201, middlewares=[requires(Scope.EXECUTE)])
def complete(platform: Platform, answer: models.ConsentAnswer) -> models.AccountList:
    """Connect the accounts that an owner's answer stands for."""
    return services(app.principal).accounts.complete(platform, answer)


@app.get("/api/social/accounts/<session_id>", middlewares=[requires(Scope.READ)])
def list_accounts(session_id: PathName) -> models.AccountList:
    """The accounts that were connected in a session, newest first."""
    return services(app.principal).accounts.accounts(session_id)


@app.post("/api/social/disconnect", middlewares=[requires(Scope.EXECUTE)])
def disconnect(wish: models.Disconnection) -> models.Disconnected:
    """Forget an account; its platform is told to take its tokens back."""
    return services(app.principal).accounts.disconnect(wish.account_id)


@app.get("/api/social/redirects", middlewares=[requires(Scope.READ)])
def get_redirects() -> models.RedirectList:
    """The addresses to which owners of accounts may be sent back."""
    return services(app.principal).accounts.redirects()


@app.put("/api/social/redirects", middlewares=[requires(Scope.ADMIN)])
def put_redirects(wish: models.Redirects) -> models.RedirectList:
    """Replace the organisation's own of these addresses."""
    return services(app.principal).accounts.allow(wish)


lambda_handler = api_handler(app)
