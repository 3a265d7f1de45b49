"""Asking platforms for tokens, by Authlib's client: codes, renewals, client credentials, and taking tokens back.

What Authlib sends goes out as everything that is sent to others does, through `platform.outgoing`: to no private
address, bounded in time and size. The only importer of Authlib.
"""

import json
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any, Protocol
from urllib.parse import urlencode

from watchbill.accounts.platforms import Authority
from watchbill.accounts.tokens import ClientCredentials, Tokens
from watchbill.platform import clock
from watchbill.platform.outgoing import Answer, NoAnswer, Outgoing, Refused

_MOST_REASON = 300
_SECONDS = 20.0
_NOT_THE_OWNER_S = frozenset(
    {"invalid_client", "unauthorized_client", "temporarily_unavailable", "server_error", "slow_down"}
)
"""Errors of RFC 6749 and others that say nothing of the account: what is wrong is on our side, or passes."""


class NotGranted(Exception):
    """The platform refuses, and would again; the message says why, in its own words."""


class NotNow(Exception):
    """The platform could not be asked, or is not able to answer: another time it may."""


class _Prover(Protocol):
    """What adds to a request who we are."""

    def prepare(self, method: str, uri: str, headers: Mapping[str, str], body: str) -> tuple[str, Any, str]: ...


class _Reply:
    """An answer as Authlib reads it."""

    def __init__(self, answer: Answer) -> None:
        self.status_code = answer.status
        self._body = answer.body

    def json(self) -> Any:
        """The body as JSON. Raises ValueError."""
        said = json.loads(self._body)
        # Instagram documents its one token as the first of a list.
        wrapped = said.get("data") if isinstance(said, dict) else None
        return wrapped[0] if isinstance(wrapped, list) and len(wrapped) == 1 else said

    def raise_for_status(self) -> None:
        """Raises NotNow, NotGranted for an answer that is none."""
        if self.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR or self.status_code == HTTPStatus.TOO_MANY_REQUESTS:
            raise NotNow(f"it answered {self.status_code}")
        if self.status_code >= HTTPStatus.BAD_REQUEST:
            raise NotGranted(f"it answered {self.status_code}")


class _Session:
    """What Authlib sends requests through."""

    def __init__(self, outgoing: Outgoing) -> None:
        self._outgoing = outgoing

    def post(self, url: str, data: Mapping[str, str], headers: Mapping[str, str], auth: _Prover, **_: Any) -> _Reply:
        """Send a form, proving who we are."""
        url, proven, body = auth.prepare("POST", url, dict(headers), urlencode(data))
        return _Reply(sent(self._outgoing, "POST", url, proven, body.encode()))


class Grants:
    """An authorization server, as this deployment is known there."""

    def __init__(self, authority: Authority, credentials: ClientCredentials, outgoing: Outgoing) -> None:
        self._authority = authority
        self._credentials = credentials
        self._outgoing = outgoing

    def consent_url(self, state: str, redirect_uri: str, verifier: str) -> str:
        """Where an account's owner is asked."""
        asked = dict(self._authority.extra)
        if self._authority.client_id_name != "client_id":
            asked[self._authority.client_id_name] = self._credentials.id
        url, _ = self._client(redirect_uri).create_authorization_url(
            self._authority.at(self._authority.authorise),
            state=state,
            code_verifier=verifier if self._authority.pkce else None,
            scope=self._authority.separator.join(self._authority.scopes),
            **asked,
        )
        return str(url)

    def tokens_for(self, code: str, redirect_uri: str, verifier: str) -> tuple[Tokens, Mapping[str, Any]]:
        """The tokens that a code stands for, and all that the platform said with them. Raises NotGranted, NotNow."""
        proof = {"code_verifier": verifier} if self._authority.pkce else {}
        url = self._authority.at(self._authority.token)
        token = self._asked(
            lambda client: client.fetch_token(
                url, grant_type="authorization_code", code=code, **proof, **self._named()
            ),
            (code, verifier),
            redirect_uri,
        )
        return tokens_of(token, clock.now()), token

    def renewed(self, tokens: Tokens) -> Tokens:
        """New tokens for a refresh token, which stays where no new one comes. Raises NotGranted, NotNow."""
        url = self._authority.at(self._authority.token)
        # Authlib keeps the old refresh token where the answer has none.
        refresh = tokens.refresh or ""
        token = self._asked(
            lambda client: client.refresh_token(url, refresh_token=refresh, **self._named()), (refresh,)
        )
        return tokens_of(token, clock.now(), tokens.scopes)

    def own(self) -> Tokens:
        """Tokens of our own, for nobody's account. Raises NotGranted, NotNow."""
        url = self._authority.at(self._authority.token)
        return tokens_of(
            self._asked(lambda client: client.fetch_token(url, grant_type="client_credentials")), clock.now()
        )

    def take_back(self, token: str) -> None:
        """Tell the platform that a token is worth nothing any more, as RFC 7009 has it. Raises NotGranted, NotNow."""
        url = self._authority.at(self._authority.revoke)
        reply = self._asking(lambda client: client.revoke_token(url, token=token, **self._named()), (token,))
        reply.raise_for_status()

    def _asked(self, ask: Any, shown: Iterable[str] = (), redirect_uri: str | None = None) -> Mapping[str, Any]:
        token = self._asking(ask, shown, redirect_uri)
        if not isinstance(token.get("access_token"), str) or not token["access_token"]:
            raise NotGranted("its answer holds no token")
        return dict(token)

    def _asking(self, ask: Any, shown: Iterable[str], redirect_uri: str | None = None) -> Any:
        """What is answered to whoever shows these secrets, which a refusal may repeat, but nobody else is told."""
        from authlib.oauth2.base import OAuth2Error

        try:
            return ask(self._client(redirect_uri))
        except OAuth2Error as error:
            reason = _reason(error.error, error.description, (self._credentials.secret, *shown))
            raise (NotNow if error.error in _NOT_THE_OWNER_S else NotGranted)(reason) from error
        except (ValueError, TypeError) as error:
            raise NotNow("its answer is no answer of an authorization server") from error

    def _named(self) -> dict[str, str]:
        name = self._authority.client_id_name
        return {} if name == "client_id" else {name: self._credentials.id}

    def _client(self, redirect_uri: str | None = None) -> Any:
        from authlib.oauth2.client import OAuth2Client

        return OAuth2Client(
            _Session(self._outgoing),
            client_id=self._credentials.id,
            client_secret=self._credentials.secret,
            token_endpoint_auth_method=self._authority.client_auth,
            revocation_endpoint_auth_method=self._authority.client_auth,
            redirect_uri=redirect_uri,
            code_challenge_method="S256",
        )


def sent(outgoing: Outgoing, method: str, url: str, headers: Mapping[str, str], body: bytes = b"") -> Answer:
    """What a platform answers. Raises NotNow when it does not."""
    try:
        return outgoing.send(method, url, headers=headers, body=body, seconds=_SECONDS, most_bytes=1_000_000)
    except (NoAnswer, Refused) as error:
        raise NotNow(str(error)) from error


def tokens_of(token: Mapping[str, Any], now: datetime, scopes: tuple[str, ...] = ()) -> Tokens:
    """The tokens in an answer; they last as long as it says, counted from now."""
    said = token.get("scope")
    granted = tuple(str(said).replace(",", " ").split()) if said else scopes
    seconds = token.get("expires_in")
    refresh = token.get("refresh_token")
    return Tokens(
        access=str(token["access_token"]),
        refresh=str(refresh) if refresh else None,
        expires_at=now + timedelta(seconds=int(seconds)) if seconds else None,
        scopes=granted,
    )


def without(text: str, secrets: Iterable[str]) -> str:
    """A platform's words without our secrets, which some repeat: "Malformed access token …"."""
    for secret in filter(None, secrets):
        text = text.replace(secret, "…")
    return text


def _reason(error: Any, description: Any, secrets: Iterable[str]) -> str:
    """What the platform says, in one line: Meta's errors are objects where others are a word."""
    said = [error.get("message")] if isinstance(error, Mapping) else [error, description]
    text = without(": ".join(str(part) for part in said if part) or "it does not say why", secrets)
    return "".join(sign if sign.isprintable() else " " for sign in text)[:_MOST_REASON]
