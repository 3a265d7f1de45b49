"""Other platforms as a running stack knows them: on the loopback interface, with those who grant tokens for them."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from tests.support.authorization_server import CLIENT_ID, CLIENT_SECRET, Authority, authority, form
from tests.support.platforms import Platforms
from tests.support.social import REDIRECT, WEBHOOK_TOKEN

PLATFORMS = ("TWITTER", "LINKEDIN", "FACEBOOK", "INSTAGRAM")


@dataclass
class Elsewhere:
    """The platforms' and the authorization server's minds, and a backend that generates media."""

    authority: Authority
    platforms: Platforms

    def variables(self) -> dict[str, str]:
        """The launcher's environment that tells a stack of them."""
        known = {"CLIENT_ID": CLIENT_ID, "CLIENT_SECRET": CLIENT_SECRET}
        platform = known | {"BASE_URL": self.authority.url, "VERIFY_TOKEN": WEBHOOK_TOKEN}
        media = known | {"URL": self.authority.url}
        named = {f"{name}_{variable}": value for name in PLATFORMS for variable, value in platform.items()}
        return named | {f"MEDIA_BACKEND_{variable}": value for variable, value in media.items()}

    @property
    def secrets(self) -> set[str]:
        """What nobody may keep or show in clear: tokens, codes and their verifiers, and what we are known by."""
        forms = [form(request) for request in self.authority.seen if request.method == "POST"]
        proofs = {asked[name] for asked in forms for name in ("code", "code_verifier") if name in asked}
        return self.authority.secrets | proofs | {CLIENT_SECRET, WEBHOOK_TOKEN}

    def connect(self, us: Any, platform: str, session: str) -> str:
        """The id of an account, connected in a session by a page of the caller's to which its owner comes back."""
        back = {"redirectUri": REDIRECT.format(platform=platform)}
        asked = us.post(f"/api/social/auth/{platform}/initiate", {"sessionId": session, **back})
        brought = self.authority.consent(asked["authUrl"]) | back
        (account,) = us.post(f"/api/social/auth/{platform}/complete", brought)["items"]
        return str(account["id"])


@contextmanager
def elsewhere() -> Iterator[Elsewhere]:
    """All of them, listening while the block runs."""
    platforms = Platforms()
    with authority(platforms.answer) as server:
        platforms.url = server.url
        yield Elsewhere(server, platforms)
