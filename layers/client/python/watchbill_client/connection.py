"""One request and its answer: authentication, retries, idempotency keys, errors. The only module that talks HTTP."""

import logging
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import quote, urlsplit

import httpx
from pydantic import TypeAdapter, ValidationError
from pydantic_core import to_json

from watchbill_client.errors import ApiError, ConnectionFailed, UnexpectedAnswer, UnusableName, error_of
from watchbill_client.retries import Retries, is_passing
from watchbill_client.settings import Settings
from watchbill_client.version import __version__

logger = logging.getLogger("watchbill_client")
T = TypeVar("T")

# All but POST set a state rather than add to it, so a second delivery changes nothing; PATCH does too, here.
_REPEATABLE_METHODS = frozenset({"GET", "PATCH", "DELETE"})

_LINK_TIMEOUT_S = 60.0


def route(*segments: str) -> str:
    """A path of the API from its segments, each escaped, so that no name can reach another route.

    Raises:
        UnusableName: a segment is empty, `.` or `..`, which escaping does not help, or is not Unicode.
    """
    return "/" + "/".join(_escaped(segment) for segment in segments)


def _escaped(segment: str) -> str:
    # What a shell passes on that is not UTF-8 arrives as lone surrogates.
    if segment in ("", ".", "..") or any("\ud800" <= character <= "\udfff" for character in segment):
        raise UnusableName(f"{segment!r} cannot be a name or an id, because those are part of addresses.")
    return quote(segment, safe="")


def given(facts: Mapping[str, Any]) -> dict[str, Any]:
    """What of these is said: None says nothing."""
    return {name: value for name, value in facts.items() if value is not None}


def new_idempotency_key() -> str:
    """A key that makes one creation happen once, however often its request is sent."""
    return str(uuid.uuid4())


@dataclass(frozen=True)
class Request:
    """A request to the API. `body` is anything pydantic can write as JSON, or bytes that already are JSON.

    `repeatable` says that a POST may be sent again without harm even though it carries no idempotency key.
    `timeout` (seconds) replaces the connection's own.
    """

    method: str
    path: str
    params: Mapping[str, str | int | None] = field(default_factory=dict)
    body: Any = None
    idempotency_key: str | None = None
    repeatable: bool = False
    timeout: float | None = None

    @property
    def may_be_repeated(self) -> bool:
        """Whether sending it twice does what sending it once does."""
        return self.repeatable or self.idempotency_key is not None or self.method in _REPEATABLE_METHODS


class Connection:
    """Sends requests to one deployment with one API key. Safe to share between threads."""

    def __init__(
        self,
        settings: Settings,
        timeout: float,
        retries: Retries,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        self._settings = settings
        self._retries = retries
        self._http = httpx.Client(
            headers=_client_headers(settings.api_key),
            timeout=timeout,
            transport=transport,
            trust_env=not settings.is_local,
        )

    @property
    def url(self) -> str:
        """The deployment's base URL."""
        return self._settings.url

    def close(self) -> None:
        """Close the pooled connections."""
        self._http.close()

    def call(self, request: Request, answer: type[T]) -> T:
        """Send the request and read its answer as `answer`; raises what `send` raises, and UnexpectedAnswer."""
        return self.read(self.send(request), answer)

    def send(self, request: Request) -> httpx.Response:
        """Send the request, again when that may help, and return its 2xx response.

        Raises:
            ApiError: the service refused it.
            ConnectionFailed: no answer came.
            UnexpectedAnswer: a redirection came, which no route of the service answers.
        """
        attempt = 1
        while True:
            outcome = self._attempt(request)
            if isinstance(outcome, httpx.Response):
                return outcome
            delay = self._delay(request, attempt, outcome)
            if delay is None:
                raise outcome
            logger.debug("%s %s: %s; trying again in %.2f s", request.method, request.path, outcome, delay)
            time.sleep(delay)
            attempt += 1

    def save(self, url: str, path: Path) -> None:
        """Save what a link leads to, which is not of this API and is not shown the API key; never half of it.

        Raises:
            ConnectionFailed: no answer came, or not all of it.
            UnexpectedAnswer: the link leads to nothing.
        """
        draft = path.with_name(f".{path.name}.part")
        try:
            with httpx.stream("GET", url, timeout=_LINK_TIMEOUT_S, trust_env=not self._settings.is_local) as response:
                if not response.is_success:
                    raise UnexpectedAnswer(f"The link to {path.name} is good no longer ({response.status_code}).")
                with draft.open("wb") as file:
                    file.writelines(response.iter_bytes())
            draft.replace(path)
        except httpx.RequestError as error:
            raise ConnectionFailed(_no_answer(urlsplit(url).netloc, error)) from error
        finally:
            draft.unlink(missing_ok=True)

    def read(self, response: httpx.Response, answer: type[T]) -> T:
        """The body of a response as `answer`.

        Raises:
            UnexpectedAnswer: the body has another shape.
        """
        try:
            return TypeAdapter(answer).validate_json(response.content)
        except ValidationError as error:
            raise UnexpectedAnswer(
                f"{self.url} answered something else than Watchbill does; is it the URL of a Watchbill deployment?"
            ) from error

    def _attempt(self, request: Request) -> httpx.Response | ApiError | ConnectionFailed:
        try:
            response = self._exchange(request)
        except httpx.RequestError as error:
            return ConnectionFailed(_no_answer(self.url, error))
        if response.is_redirect:
            raise UnexpectedAnswer(f"{self.url} redirects to {response.headers.get('location')}; use that URL instead.")
        return response if response.is_success else error_of(response)

    def _exchange(self, request: Request) -> httpx.Response:
        return self._http.request(
            request.method,
            self.url + request.path,
            params={name: value for name, value in request.params.items() if value is not None},
            content=_content(request.body),
            headers=_request_headers(request),
            timeout=httpx.USE_CLIENT_DEFAULT if request.timeout is None else request.timeout,
        )

    def _delay(self, request: Request, attempt: int, outcome: ApiError | ConnectionFailed) -> float | None:
        if not request.may_be_repeated:
            return None
        if isinstance(outcome, ConnectionFailed):
            return self._retries.delay(attempt)
        return (
            self._retries.delay(attempt, outcome.retry_after)
            if is_passing(outcome.status, outcome.retry_after)
            else None
        )


def _client_headers(api_key: str | None) -> dict[str, str]:
    headers = {"Accept": "application/json", "User-Agent": f"watchbill-client/{__version__}"}
    return headers | {"Authorization": f"Bearer {api_key}"} if api_key else headers


def _request_headers(request: Request) -> dict[str, str]:
    headers = {} if request.body is None else {"Content-Type": "application/json"}
    return headers | {"Idempotency-Key": request.idempotency_key} if request.idempotency_key else headers


def _content(body: Any) -> bytes | None:
    return body if body is None or isinstance(body, bytes) else to_json(body)


def _no_answer(url: str, error: httpx.RequestError) -> str:
    if isinstance(error, httpx.ConnectError | httpx.ConnectTimeout):
        return f"Nothing answers at {url}; is the service up, and is that its URL?"
    if isinstance(error, httpx.TimeoutException):
        return f"{url} did not answer in time."
    return f"The connection to {url} broke before an answer came: {str(error) or type(error).__name__}."
