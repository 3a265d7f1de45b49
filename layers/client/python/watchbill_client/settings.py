"""Where the service is and which API key to send: arguments, else the environment, else this machine's front door."""

import os
from dataclasses import dataclass

import httpx

from watchbill_client.errors import ConfigurationError

URL_VARIABLE = "WATCHBILL_URL"
API_KEY_VARIABLE = "WATCHBILL_API_KEY"
# `make up` serves here, and adds the local key to requests that carry none.
DEFAULT_URL = "http://localhost:9999"
LOOPBACK_HOSTS = frozenset({"localhost", "127.0.0.1", "::1"})


@dataclass(frozen=True)
class Settings:
    """A service's base URL (without a trailing slash) and the API key for it, if any."""

    url: str
    api_key: str | None

    @property
    def is_local(self) -> bool:
        """Whether the service is on this machine, where no proxy of the environment has a place."""
        return httpx.URL(self.url).host in LOOPBACK_HOSTS


def resolve(url: str | None = None, api_key: str | None = None) -> Settings:
    """Settings from arguments, else WATCHBILL_URL and WATCHBILL_API_KEY, else the local front door without a key.

    Raises:
        ConfigurationError: the URL is not an http or https URL, or the key holds what no HTTP header may hold.
    """
    return Settings(
        url=_checked_url(url or os.environ.get(URL_VARIABLE) or DEFAULT_URL),
        api_key=_checked_key(api_key or os.environ.get(API_KEY_VARIABLE) or None),
    )


def _checked_url(text: str) -> str:
    try:
        url = httpx.URL(text.strip())
    except httpx.InvalidURL as error:
        raise ConfigurationError(f"The URL {text!r} cannot be read: {error}.") from error
    if url.scheme not in ("http", "https") or not url.host or text.split() != [text.strip()]:
        raise ConfigurationError(f"The URL {text!r} must begin with http:// or https:// and name a host.")
    if url.query or url.fragment:
        raise ConfigurationError(f"The URL {text!r} must have neither a query nor a fragment.")
    return str(url).rstrip("/")


def _checked_key(key: str | None) -> str | None:
    # The key itself stays out of the message: messages end up in logs.
    if key is not None and not (key.isascii() and key.isprintable() and " " not in key):
        raise ConfigurationError("The API key holds a space or a character that no API key has; was it copied whole?")
    return key
