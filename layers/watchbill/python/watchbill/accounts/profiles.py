"""Whose the tokens are that a platform granted, and what makes them last: each platform has its own way."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from watchbill.accounts.grants import NotGranted, NotNow, sent, tokens_of
from watchbill.accounts.models import Platform
from watchbill.accounts.platforms import Endpoints
from watchbill.accounts.tokens import ClientCredentials, Grant, Tokens
from watchbill.platform import clock
from watchbill.platform.outgoing import Outgoing

_INSTAGRAM = "https://graph.instagram.com"
_MOST_PAGES = 25
"""Of a person's pages on Facebook, which are connected together: what one transaction takes."""


class Profiles:
    """One platform's accounts, asked with the tokens that were granted for them."""

    def __init__(self, endpoints: Endpoints, credentials: ClientCredentials, outgoing: Outgoing) -> None:
        self._endpoints = endpoints
        self._credentials = credentials
        self._outgoing = outgoing
        self._readers: Mapping[Platform, Callable[[Tokens], list[Grant]]] = {
            Platform.INSTAGRAM: self._instagram,
            Platform.FACEBOOK: self._facebook,
            Platform.TWITTER: self._twitter,
            Platform.LINKEDIN: self._linkedin,
            Platform.YOUTUBE: self._youtube,
            Platform.TIKTOK: self._tiktok,
        }

    def granted(self, tokens: Tokens) -> Sequence[Grant]:
        """The accounts that tokens were granted for, each with those that are to be kept. Raises NotGranted, NotNow."""
        found = self._readers[self._endpoints.platform](tokens)
        if not found:
            raise NotGranted("there is no account that may be published to")
        return found

    def prolonged(self, tokens: Tokens) -> Tokens:
        """Instagram's tokens, which are renewed by themselves. Raises NotGranted, NotNow."""
        asked = {"grant_type": "ig_refresh_token", "access_token": tokens.access}
        token = self._get(f"{_INSTAGRAM}/refresh_access_token", asked)
        return _renewed_by_itself(tokens_of(token, clock.now(), tokens.scopes))

    def _instagram(self, tokens: Tokens) -> list[Grant]:
        asked = {"grant_type": "ig_exchange_token", "client_secret": self._credentials.secret}
        token = self._get(f"{_INSTAGRAM}/access_token", asked | {"access_token": tokens.access})
        lasting = _renewed_by_itself(tokens_of(token, clock.now(), tokens.scopes))
        fields = {"fields": "user_id,username,name", "access_token": lasting.access}
        told = self._get(f"{self._endpoints.api}/me", fields)
        return [_grant(told, "user_id", "username", "name", lasting)]

    def _facebook(self, tokens: Tokens) -> list[Grant]:
        asked = {
            "grant_type": "fb_exchange_token",
            "client_id": self._credentials.id,
            "client_secret": self._credentials.secret,
            "fb_exchange_token": tokens.access,
        }
        token = self._get(f"{self._endpoints.api}/oauth/access_token", asked)
        fields = {"fields": "id,name,username,access_token", "access_token": str(token.get("access_token", ""))}
        told = self._get(f"{self._endpoints.api}/me/accounts", fields | {"limit": str(_MOST_PAGES)})
        # What is granted by a lasting token of its owner lasts for as long as nobody takes it back.
        return [
            _grant(page, "id", "username", "name", Tokens(str(page["access_token"]), scopes=tokens.scopes))
            for page in told.get("data", [])[:_MOST_PAGES]
            if page.get("access_token")
        ]

    def _twitter(self, tokens: Tokens) -> list[Grant]:
        told = self._get(f"{self._endpoints.api}/users/me", {}, tokens)
        return [_grant(told.get("data", {}), "id", "username", "name", tokens)]

    def _linkedin(self, tokens: Tokens) -> list[Grant]:
        told = self._get(f"{self._endpoints.api}/v2/userinfo", {}, tokens)
        return [_grant(told, "sub", "name", "name", tokens)]

    def _youtube(self, tokens: Tokens) -> list[Grant]:
        told = self._get(f"{self._endpoints.api}/channels", {"part": "snippet", "mine": "true"}, tokens)
        channels = ({"id": each.get("id"), **each.get("snippet", {})} for each in told.get("items", []))
        return [_grant(each, "id", "customUrl", "title", tokens) for each in channels]

    def _tiktok(self, tokens: Tokens) -> list[Grant]:
        told = self._get(f"{self._endpoints.api}/user/info/", {"fields": "open_id,display_name"}, tokens)
        return [_grant(told.get("data", {}).get("user", {}), "open_id", "display_name", "display_name", tokens)]

    def _get(self, url: str, asked: Mapping[str, str], tokens: Tokens | None = None) -> dict[str, Any]:
        address = self._endpoints.at(url) + (f"?{urlencode(asked)}" if asked else "")
        headers = {"Accept": "application/json"}
        if tokens:
            headers["Authorization"] = f"Bearer {tokens.access}"
        answer = sent(self._outgoing, "GET", address, headers)
        if answer.status >= HTTPStatus.INTERNAL_SERVER_ERROR or answer.status == HTTPStatus.TOO_MANY_REQUESTS:
            raise NotNow(f"it answered {answer.status}")
        if answer.status != HTTPStatus.OK:
            raise NotGranted(f"it answered {answer.status} when asked whose the tokens are")
        try:
            told = json.loads(answer.body)
        except ValueError:
            told = None
        if not isinstance(told, dict):
            raise NotNow("its answer is no JSON object")
        return told


def _renewed_by_itself(tokens: Tokens) -> Tokens:
    return replace(tokens, refresh=tokens.access)


def _grant(told: Mapping[str, Any], subject: str, username: str, name: str, tokens: Tokens) -> Grant:
    if not told.get(subject):
        raise NotGranted("it does not say whose the tokens are")
    called = str(told.get(username) or told.get(name) or told[subject])
    return Grant(str(told[subject])[:200], called[:200], str(told.get(name) or called)[:200], tokens)
