"""Accounts on other platforms: connecting and forgetting them, and what is published by them."""

from typing import Annotated

from pydantic import BeforeValidator, Field

from watchbill.accounts.models import AccountStatus, Initiation, Platform, PlatformStatus, Redirects
from watchbill.accounts.posts import MOST_TEXT, MediaUrl, NewPost
from watchbill.dashboard.forms import as_many
from watchbill.dashboard.routing import Pages
from watchbill.dashboard.visits import Answer, Visit
from watchbill.platform.access import Scope
from watchbill.platform.wire import Label, Model, PageQuery

pages = Pages()

ACCOUNTS = "/dashboard/accounts"
SESSION = "page"
"""The session that accounts are connected in here."""


class _Post(Model):
    """The form: by whom, and what."""

    account_id: Label
    text: Annotated[str, Field(max_length=MOST_TEXT)] = ""
    image: Annotated[tuple[MediaUrl, ...], BeforeValidator(as_many), Field(max_length=4)] = ()
    link: MediaUrl | None = None


@pages.get("/accounts")
def accounts(visit: Visit) -> Answer:
    """The platforms, the accounts that are connected, and what is published by them."""
    return _shown(visit, "accounts.html")


@pages.get("/parts/accounts")
def accounts_now(visit: Visit) -> Answer:
    """The accounts and posts, as of now."""
    return _shown(visit, "parts/accounts.html")


@pages.post("/accounts/connect/<platform>", Scope.EXECUTE, action="social.initiate")
def connect(visit: Visit, platform: str) -> Answer:
    """The way to the platform, as a link: no form of ours leads elsewhere."""
    where = visit.checked(_Where, {"platform": platform}).platform
    wish = Initiation(session_id=SESSION, redirect_uri=_back(visit).format(platform=where))
    consent = visit.services.accounts.initiate(where, wish)
    card = next(one for one in visit.services.accounts.platforms().items if one.platform is where)
    return visit.page("connect.html", card=card, address=consent.auth_url)


@pages.post("/accounts/redirects", Scope.ADMIN, action="social.put_redirects")
def allow(visit: Visit) -> Answer:
    """With people being sent back to the address that the visitor came by."""
    there = visit.services.accounts.redirects().redirects
    visit.services.accounts.allow(visit.checked(Redirects, {"redirects": (*there, _back(visit))}))
    return visit.go(ACCOUNTS, "Platforms may send people back here now. Tell them this address, too.")


@pages.post("/accounts/<account>/disconnect", Scope.EXECUTE, action="social.disconnect")
def disconnect(visit: Visit, account: str) -> Answer:
    """Without the account."""
    visit.services.accounts.disconnect(account)
    return visit.go(ACCOUNTS, "The account is disconnected.")


@pages.post("/accounts/posts", Scope.EXECUTE, action="social_posts.publish")
def publish(visit: Visit) -> Answer:
    """With a post on its way."""
    filled = visit.form(_Post)
    account = visit.services.accounts.account(filled.account_id)
    content = {"text": filled.text, "imageUrls": filled.image, "link": filled.link}
    wish = {"platform": account.platform, "accountId": account.id, "content": content}
    visit.services.posts.publish(visit.checked(NewPost, wish))
    return visit.go(ACCOUNTS, f"It is published as {account.username}.")


class _Where(Model):
    """The platform that an address names."""

    platform: Platform


def _back(visit: Visit) -> str:
    """Where platforms send people back to: the address that the visitor came by."""
    return f"{visit.origin}/api/social/auth/{{platform}}/callback"


def _shown(visit: Visit, template: str) -> Answer:
    use, asked = visit.services, visit.asked(PageQuery)
    posts, allowed = use.posts.posts(asked.limit, asked.cursor), use.accounts.redirects()
    platforms = use.accounts.platforms().items
    return visit.page(
        template,
        platforms=platforms,
        titles={card.platform: card.title for card in platforms},
        configured=PlatformStatus.CONFIGURED,
        accounts=use.accounts.accounts().items,
        connected=AccountStatus.CONNECTED,
        posts=posts.items,
        more_posts=posts.next_cursor,
        back=_back(visit),
        sent_back=_back(visit) in (*allowed.redirects, *allowed.of_deployment),
        moving=any(not post.status.ended for post in posts.items),
    )
