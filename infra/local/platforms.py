"""What other platforms know the local stack by: from the launcher's environment into the emulator's Parameter Store."""

import os
from collections.abc import Iterator, Mapping

from infra.local.aws import client
from infra.local.settings import Settings
from infra.stages import DEVELOPMENT

PLATFORMS = ("instagram", "facebook", "twitter", "linkedin", "youtube", "tiktok")
NAMES = ("client-id", "client-secret", "verify-token", "webhook-secret", "base-url")
MEDIA = ("url", "client-id", "client-secret", "token-url")


def parameters(environment: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """The parameters that are set, as `twitter/client-id` for TWITTER_CLIENT_ID, `media/url` for MEDIA_BACKEND_URL."""
    wanted = [(f"{platform}/{name}", f"{platform}_{name}") for platform in PLATFORMS for name in NAMES]
    wanted += [(f"media/{name}", f"media_backend_{name}") for name in MEDIA]
    for parameter, variable in wanted:
        if value := environment.get(variable.replace("-", "_").upper()):
            yield parameter, value


def tell(settings: Settings, environment: Mapping[str, str] = os.environ) -> None:
    """Put what is set into the Parameter Store."""
    if found := dict(parameters(environment)):
        store = client(settings, "ssm")
        for name, value in found.items():
            path = f"{DEVELOPMENT.credentials_path}/{name}"
            store.put_parameter(Name=path, Value=value, Type="SecureString", Overwrite=True)
