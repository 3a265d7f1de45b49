"""What an operator has set for platforms, and for the media backend: what they know this deployment by, where they are.

Parameters below the deployment's path, all of them secret: `twitter/client-id`, `twitter/client-secret`, and where they
are needed `verify-token`, `webhook-secret` and `base-url`; `media/url`, `media/client-id`, `media/client-secret`.
"""

from collections.abc import Mapping
from dataclasses import replace

from watchbill.accounts import rules
from watchbill.accounts.models import Platform, PlatformList
from watchbill.accounts.platforms import ENDPOINTS, Authority, Endpoints
from watchbill.accounts.tokens import ClientCredentials
from watchbill.platform.errors import Unprocessable
from watchbill.platform.parameters import Parameters

_MEDIA = "media"
_SOMEWHERE = "/watchbill-{stage}/social"


class KnownPlatforms:
    """The platforms as this deployment is known to them."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._parameters = Parameters(path)

    def cards(self) -> PlatformList:
        """Each platform, and what is still to be set for it."""
        known = self._parameters.all()
        return PlatformList(items=tuple(rules.card(platform, known, self._path) for platform in Platform))

    def known(self, platform: Platform) -> tuple[Endpoints, ClientCredentials]:
        """A platform that knows this deployment. Raises Unprocessable, which says what is to be set."""
        parameters = self._parameters.all()
        credentials = self._credentials(platform, parameters)
        return replace(ENDPOINTS[platform], origin=parameters.get(f"{platform}/{rules.BASE_URL}", "")), credentials

    def has_media(self) -> bool:
        """Whether media are generated somewhere."""
        try:
            self.media()
        except Unprocessable:
            return False
        return True

    def media(self) -> tuple[str, Authority, ClientCredentials]:
        """Where media are generated, and who gives us tokens for that. Raises Unprocessable."""
        parameters = self._parameters.all()
        credentials = self._credentials(_MEDIA, parameters, "url")
        url = parameters[f"{_MEDIA}/url"].rstrip("/")
        token = parameters.get(f"{_MEDIA}/token-url", f"{url}/oauth/token")
        return url, Authority(authorise="", token=token, client_auth="client_secret_basic"), credentials

    def _credentials(self, name: str, parameters: Mapping[str, str], *besides: str) -> ClientCredentials:
        credentials = rules.credentials_of(name, parameters)
        lacking = [*rules.missing(name, parameters), *(rules.missing(name, parameters, *besides) if besides else ())]
        if credentials is None or lacking:
            named = " and ".join(f"{self._path or _SOMEWHERE}/{each}" for each in lacking)
            raise Unprocessable(f"{name} is not configured: set the parameters {named}")
        return credentials
