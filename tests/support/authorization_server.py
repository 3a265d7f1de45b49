"""An authorization server on the loopback interface: Authlib's own, with codes, PKCE, renewals that rotate, revocation.

It also answers whose a token is, as X, LinkedIn, Instagram and Facebook do, to whoever shows one that it has granted.
"""

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from authlib.common.security import generate_token
from authlib.oauth2.rfc6749 import AuthorizationServer, grants
from authlib.oauth2.rfc6749.requests import BasicOAuth2Payload, OAuth2Request
from authlib.oauth2.rfc6750 import BearerTokenGenerator
from authlib.oauth2.rfc7009 import RevocationEndpoint
from authlib.oauth2.rfc7636 import CodeChallenge

from tests.integration.client.server import Reply, Seen, serving

CLIENT_ID, CLIENT_SECRET = "watchbill-client", "watchbill-client-secret-5c1d"
TOKENS = (
    "/2/oauth2/token",
    "/oauth/v2/accessToken",
    "/oauth/access_token",
    "/oauth/token",
    "/v23.0/oauth/access_token",
)
CONSENTS = ("/i/oauth2/authorize", "/oauth/v2/authorization", "/oauth/authorize", "/v23.0/dialog/oauth")
OWNER = "12345"


@dataclass
class _Client:
    client_id: str = CLIENT_ID
    redirect: str = ""

    def get_client_id(self) -> str:
        return self.client_id

    def get_default_redirect_uri(self) -> str:
        return self.redirect

    def get_allowed_scope(self, scope: str | None) -> str:
        return scope or ""

    def check_redirect_uri(self, redirect_uri: str) -> bool:
        return bool(redirect_uri)

    def check_client_secret(self, client_secret: str) -> bool:
        return client_secret == CLIENT_SECRET

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:
        return True

    def check_response_type(self, response_type: str) -> bool:
        return response_type == "code"

    def check_grant_type(self, grant_type: str) -> bool:
        return True


@dataclass
class _Code:
    redirect: str
    scope: str
    code_challenge: str | None
    code_challenge_method: str | None

    def get_redirect_uri(self) -> str:
        return self.redirect

    def get_scope(self) -> str:
        return self.scope


@dataclass
class _Token:
    access_token: str
    refresh_token: str | None
    scope: str
    live: bool = True

    def check_client(self, client: _Client) -> bool:
        return True

    def get_scope(self) -> str:
        return self.scope

    def get_expires_in(self) -> int:
        return 7200

    def is_expired(self) -> bool:
        return False

    def is_revoked(self) -> bool:
        return not self.live


@dataclass
class Authority:
    """The server's mind: what it has granted, what it was asked, and how it is to behave.

    `lasts` is for how many seconds its tokens are good, `down` has it answer 503 to the token endpoint.
    """

    url: str = ""
    lasts: int = 7200
    down: bool = False
    codes: dict[str, _Code] = field(default_factory=dict)
    granted: list[_Token] = field(default_factory=list)
    seen: list[Seen] = field(default_factory=list)
    busy: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        self._server = _server(self)

    def begin_anew(self) -> None:
        """Forget everything."""
        self.lasts, self.down = 7200, False
        for remembered in (self.codes, self.granted, self.seen):
            remembered.clear()

    def consent(self, auth_url: str, *, denied: bool = False) -> dict[str, str]:
        """What the owner's browser is sent back with, who follows an address; they agree, or do not."""
        parts = urlsplit(auth_url)
        assert f"{parts.scheme}://{parts.netloc}" == self.url
        assert parts.path in CONSENTS
        request = _request("GET", auth_url, dict(parse_qsl(parts.query)), {})
        owner = None if denied else OWNER
        grant = self._server.get_consent_grant(request, owner)
        _, _, headers = self._server.create_authorization_response(request, owner, grant)
        return dict(parse_qsl(urlsplit(dict(headers)["Location"]).query))

    def revoke_all(self) -> None:
        """Have its owner take everything back."""
        for token in self.granted:
            token.live = False

    def count(self, grant_type: str) -> int:
        """How often a grant was asked for."""
        forms = (dict(parse_qsl(each.body.decode())) for each in self.seen if each.path in TOKENS)
        return sum(form.get("grant_type") == grant_type for form in forms)

    @property
    def secrets(self) -> set[str]:
        """Every token that it has given out."""
        return {each for token in self.granted for each in (token.access_token, token.refresh_token) if each}

    def answer(self, request: Seen) -> Reply | None:
        """The answer to a request, None where it is not ours."""
        with self.busy:
            self.seen.append(request)
        if request.method == "POST" and (request.path in TOKENS or request.path.endswith("/revoke")):
            return self._answer_form(request)
        if request.path in _OWNERS:
            return self._answer_owner(request)
        return None

    def _answer_form(self, request: Seen) -> Reply:
        if self.down:
            return Reply(503, b"<html>busy</html>", {"Content-Type": "text/html"})
        asked = _request("POST", f"{self.url}{request.path}", dict(parse_qsl(request.body.decode())), request.headers)
        with self.busy:
            if request.path.endswith("/revoke"):
                status, body, headers = self._server.create_endpoint_response("revocation", asked)
            else:
                status, body, headers = self._server.create_token_response(asked)
        return Reply(status, body or {}, dict(headers))

    def _answer_owner(self, request: Seen) -> Reply:
        token = request.query.get("access_token") or request.headers.get("authorization", "").removeprefix("Bearer ")
        exchanged = request.query.get("fb_exchange_token") or token
        if not any(each.live and each.access_token in (token, exchanged) for each in self.granted):
            return Reply(401, {"error": "the token is not known"})
        return Reply(200, _OWNERS[request.path](self, exchanged))

    def exchanged(self, token: str) -> Mapping[str, Any]:
        """A token that lasts, for one that does not, as Meta has it."""
        lasting = _Token(f"{token}-lasting-{generate_token(8)}", None, "")
        self.granted.append(lasting)
        return {"access_token": lasting.access_token, "token_type": "bearer", "expires_in": self.lasts}

    def pages(self, token: str) -> Mapping[str, Any]:
        """The pages of whoever this token is of, each with its own."""
        page = _Token(f"page-{generate_token(20)}", None, "")
        self.granted.append(page)
        return {"data": [{"id": "777", "name": "A page", "access_token": page.access_token}]}


_OWNERS: dict[str, Any] = {
    "/2/users/me": lambda *_: {"data": {"id": OWNER, "username": "ana", "name": "Ana"}},
    "/v2/userinfo": lambda *_: {"sub": OWNER, "name": "Ana"},
    "/access_token": Authority.exchanged,
    "/refresh_access_token": Authority.exchanged,
    "/v23.0/oauth/access_token": Authority.exchanged,
    "/v23.0/me": lambda *_: {"user_id": OWNER, "username": "ana.photos", "name": "Ana"},
    "/v23.0/me/accounts": Authority.pages,
}


def nothing(_: Seen) -> Reply:
    """What is answered where there is nothing."""
    return Reply(404, {"error": "there is nothing here"})


@contextmanager
def authority(beside: Callable[[Seen], Reply] = nothing) -> Iterator[Authority]:
    """An authorization server that listens while the block runs; what it does not know, `beside` answers."""
    mind = Authority()
    with serving(lambda request: mind.answer(request) or beside(request)) as url:
        mind.url = url
        yield mind


class _Request(OAuth2Request):
    @property
    def args(self) -> dict[str, str]:
        return dict(self.payload.data) if self.method == "GET" else {}

    @property
    def form(self) -> dict[str, str]:
        return dict(self.payload.data) if self.method == "POST" else {}


def _request(method: str, url: str, values: Mapping[str, str], headers: Mapping[str, str]) -> OAuth2Request:
    # It stands for one that is reached by TLS, without which Authlib serves nobody.
    request = _Request(
        method, url.replace("http://", "https://"), headers={"Authorization": headers.get("authorization", "")}
    )
    request.payload = BasicOAuth2Payload(dict(values))
    return request


def _server(mind: Authority) -> AuthorizationServer:
    class Server(AuthorizationServer):
        def query_client(self, client_id: str) -> _Client | None:
            return _Client() if client_id == CLIENT_ID else None

        def save_token(self, token: Mapping[str, Any], request: Any) -> None:
            mind.granted.append(_Token(token["access_token"], token.get("refresh_token"), token.get("scope") or ""))

        def create_oauth2_request(self, request: OAuth2Request) -> OAuth2Request:
            return request

        def handle_response(self, status: int, body: Any, headers: Any) -> tuple[int, Any, Any]:
            return status, body, headers

        def send_signal(self, name: str, *args: Any, **kwargs: Any) -> None:
            """Nobody listens."""

    class Codes(grants.AuthorizationCodeGrant):
        TOKEN_ENDPOINT_AUTH_METHODS = ["client_secret_basic", "client_secret_post"]  # noqa: RUF012 - Authlib's own

        def save_authorization_code(self, code: str, request: OAuth2Request) -> None:
            said = request.payload.data
            challenge, method = said.get("code_challenge"), said.get("code_challenge_method")
            mind.codes[code] = _Code(request.payload.redirect_uri, said.get("scope", ""), challenge, method)

        def query_authorization_code(self, code: str, client: _Client) -> _Code | None:
            return mind.codes.get(code)

        def delete_authorization_code(self, authorization_code: _Code) -> None:
            for code in [code for code, each in mind.codes.items() if each is authorization_code]:
                del mind.codes[code]

        def authenticate_user(self, authorization_code: _Code) -> str:
            return OWNER

    class Renewals(grants.RefreshTokenGrant):
        TOKEN_ENDPOINT_AUTH_METHODS = ["client_secret_basic", "client_secret_post"]  # noqa: RUF012 - Authlib's own
        INCLUDE_NEW_REFRESH_TOKEN = True

        def authenticate_refresh_token(self, refresh_token: str) -> _Token | None:
            return next((each for each in mind.granted if each.live and each.refresh_token == refresh_token), None)

        def authenticate_user(self, refresh_token: _Token) -> str:
            return OWNER

        def revoke_old_credential(self, refresh_token: _Token) -> None:
            refresh_token.live = False

    class Own(grants.ClientCredentialsGrant):
        TOKEN_ENDPOINT_AUTH_METHODS = ["client_secret_basic", "client_secret_post"]  # noqa: RUF012 - Authlib's own

    class Revocation(RevocationEndpoint):
        CLIENT_AUTH_METHODS = ["client_secret_basic", "client_secret_post"]  # noqa: RUF012 - Authlib's own

        def query_token(self, token_string: str, token_type_hint: str | None) -> _Token | None:
            return next(
                (each for each in mind.granted if token_string in (each.access_token, each.refresh_token)), None
            )

        def revoke_token(self, token: _Token, request: Any) -> None:
            token.live = False

    server = Server()
    generator = BearerTokenGenerator(
        lambda *_, **__: f"access-{generate_token(32)}",
        lambda *_, **__: f"refresh-{generate_token(32)}",
        lambda *_, **__: mind.lasts,
    )
    server.register_token_generator("default", generator)
    server.register_grant(Codes, [CodeChallenge(required=False)])
    server.register_grant(Renewals)
    server.register_grant(Own)
    server.register_endpoint(Revocation)
    return server


def form(request: Seen) -> dict[str, str]:
    """The form in a request."""
    return dict(parse_qsl(request.body.decode()))
