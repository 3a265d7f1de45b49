"""The platforms: where their owners are asked, where tokens come from, what is asked for. Data, from their documents.

Instagram   https://developers.facebook.com/docs/instagram-platform/instagram-api-with-instagram-login
Facebook    https://developers.facebook.com/docs/facebook-login/guides/advanced/manual-flow
X           https://docs.x.com/resources/fundamentals/authentication/oauth-2-0/authorization-code
LinkedIn    https://learn.microsoft.com/linkedin/shared/authentication/authorization-code-flow
YouTube     https://developers.google.com/identity/protocols/oauth2/web-server
TikTok      https://developers.tiktok.com/doc/oauth-user-access-token-management
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from watchbill.accounts.models import Platform

GRAPH = "v23.0"
"""The version of Meta's Graph API that is spoken; each is kept for two years."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Authority:
    """An authorization server, and how it deviates from the standard.

    `client_auth` is how the token endpoint wants us to prove who we are, in the words of RFC 7591. `pkce` says whether
    a code is bound to who asked for it: LinkedIn refuses the verifier of a client that has a secret as
    `invalid_client` (https://github.com/authlib/authlib/issues/719). `extra` is asked besides at the authorization
    endpoint.
    """

    authorise: str
    token: str
    revoke: str = ""
    scopes: tuple[str, ...] = ()
    separator: str = " "
    client_auth: str = "client_secret_post"
    client_id_name: str = "client_id"
    pkce: bool = True
    extra: Mapping[str, str] = field(default_factory=dict)
    origin: str = ""
    """Another server that stands for the real one, as in tests; "" for the real one."""

    def at(self, url: str) -> str:
        """An address of it, or of what stands for it."""
        if not self.origin:
            return url
        parts = urlsplit(url)
        return self.origin.rstrip("/") + parts.path + (f"?{parts.query}" if parts.query else "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoints(Authority):
    """One platform: its authorization server, its API, and whether posts are published there."""

    platform: Platform
    title: str
    api: str
    publishes: bool = True


_ALL = (
    Endpoints(
        platform=Platform.INSTAGRAM,
        title="Instagram",
        authorise="https://www.instagram.com/oauth/authorize",
        token="https://api.instagram.com/oauth/access_token",  # noqa: S106 - an address
        api=f"https://graph.instagram.com/{GRAPH}",
        scopes=(
            "instagram_business_basic",
            "instagram_business_content_publish",
            "instagram_business_manage_comments",
        ),
        separator=",",
    ),
    Endpoints(
        platform=Platform.FACEBOOK,
        title="Facebook",
        authorise=f"https://www.facebook.com/{GRAPH}/dialog/oauth",
        token=f"https://graph.facebook.com/{GRAPH}/oauth/access_token",
        api=f"https://graph.facebook.com/{GRAPH}",
        scopes=("pages_show_list", "pages_manage_posts", "pages_read_engagement"),
        separator=",",
    ),
    Endpoints(
        platform=Platform.TWITTER,
        title="X",
        authorise="https://x.com/i/oauth2/authorize",
        token="https://api.x.com/2/oauth2/token",  # noqa: S106 - an address
        revoke="https://api.x.com/2/oauth2/revoke",
        api="https://api.x.com/2",
        scopes=("tweet.read", "tweet.write", "users.read", "media.write", "offline.access"),
        client_auth="client_secret_basic",
    ),
    Endpoints(
        platform=Platform.LINKEDIN,
        title="LinkedIn",
        authorise="https://www.linkedin.com/oauth/v2/authorization",
        token="https://www.linkedin.com/oauth/v2/accessToken",  # noqa: S106 - an address
        revoke="https://www.linkedin.com/oauth/v2/revoke",
        api="https://api.linkedin.com",
        scopes=("openid", "profile", "w_member_social"),
        pkce=False,
    ),
    Endpoints(
        platform=Platform.YOUTUBE,
        title="YouTube",
        authorise="https://accounts.google.com/o/oauth2/v2/auth",
        token="https://oauth2.googleapis.com/token",  # noqa: S106 - an address
        revoke="https://oauth2.googleapis.com/revoke",
        api="https://www.googleapis.com/youtube/v3",
        scopes=("https://www.googleapis.com/auth/youtube.readonly", "https://www.googleapis.com/auth/youtube.upload"),
        publishes=False,
        extra={"access_type": "offline", "prompt": "consent"},
    ),
    Endpoints(
        platform=Platform.TIKTOK,
        title="TikTok",
        authorise="https://www.tiktok.com/v2/auth/authorize/",
        token="https://open.tiktokapis.com/v2/oauth/token/",  # noqa: S106 - an address
        revoke="https://open.tiktokapis.com/v2/oauth/revoke/",
        api="https://open.tiktokapis.com/v2",
        scopes=("user.info.basic", "video.publish"),
        separator=",",
        client_id_name="client_key",
        publishes=False,
    ),
)
ENDPOINTS: Mapping[Platform, Endpoints] = {each.platform: each for each in _ALL}
