"""Malformed requests to the routes of accounts on other platforms."""

from typing import Any

from tests.support.bad_requests import NO_CURSOR, PRINTABLE, Bad
from tests.support.steps import A_CONSENT, A_POST, PUBLISH

INITIATE = "/api/social/auth/twitter/initiate"
COMPLETE = "/api/social/auth/twitter/complete"
REDIRECTS = "/api/social/redirects"
AN_ANSWER = {"code": "c", "state": "s", "redirectUri": "x", "access_token": "a"}


def post(what: str, names: str, status: int = 400, **content: Any) -> Bad:
    """A wish for a post with something wrong in what it says."""
    return Bad(what, "POST", PUBLISH, names, A_POST | {"content": {"text": "x", **content}}, status=status)


def redirect(what: str, names: str, address: str) -> Bad:
    """An address that nobody is to be sent back to."""
    return Bad(what, "PUT", REDIRECTS, names, {"redirects": [address]})


BAD_ACCOUNTS = (
    Bad("a platform that is none", "POST", "/api/social/auth/myspace/initiate", "platform", A_CONSENT),
    Bad("a consent without a session", "POST", INITIATE, "sessionId: field required", {"redirectUri": "https://a.b/"}),
    Bad("a consent of a session of two lines", "POST", INITIATE, PRINTABLE, A_CONSENT | {"sessionId": "a\nb"}),
    Bad("a consent with an endless address", "POST", INITIATE, "redirectUri", A_CONSENT | {"redirectUri": "h" * 2_001}),
    Bad("an answer without a code", "POST", COMPLETE, "code: field required", {"state": "s", "redirectUri": "x"}),
    Bad("an answer with an endless state", "POST", COMPLETE, "state", {"code": "c", "state": "s" * 201}),
    Bad("an answer with a token in it", "POST", COMPLETE, "access_token: extra inputs", AN_ANSWER),
    Bad("a disconnection of nothing", "POST", "/api/social/disconnect", "accountId: field required", {}),
    redirect("a redirect to a page without TLS", "an address begins with https://", "http://example.com/"),
    redirect("a redirect with a fragment", "redirects.0: an address holds no user", "https://example.com/#x"),
    redirect("a redirect to a script", "redirects.0: this is not an address", "javascript:alert(1)"),
    Bad("too many redirects", "PUT", REDIRECTS, "redirects: tuple should", {"redirects": ["https://a.b/"] * 21}),
    Bad("a post of nothing", "POST", PUBLISH, "a post has a text, images", A_POST | {"content": {}}),
    Bad("a post of blanks", "POST", PUBLISH, "a post has a text, images", A_POST | {"content": {"text": "  "}}),
    Bad("a post to a platform that is none", "POST", PUBLISH, "platform", A_POST | {"platform": "myspace"}),
    Bad(
        "a post at an hour without a zone", "POST", PUBLISH, "scheduledAt", A_POST | {"scheduledAt": "2026-01-01T00:00"}
    ),
    post("a post without end", "content.text: string should have at most", text="x" * 65_001),
    post("a post of too many images", "content.imageUrls: tuple should", imageUrls=["https://a.b/1.jpg"] * 21),
    post("a post of an image that is a file", "content.imageUrls.0", imageUrls=["file:///etc/passwd"]),
    post("a post with a video that is no address", "content.videoUrl", videoUrl="video"),
    post("a post with something unknown", "content.colour: extra inputs", colour="red"),
    Bad("posts without a limit", "GET", "/api/social/posts?limit=0", "limit"),
    Bad("posts with a cursor of nobody", "GET", "/api/social/posts?cursor=x", NO_CURSOR),
)
