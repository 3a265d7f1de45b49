"""The HTTP side of every API function: who asks, what is allowed, how errors and pages look. Decides nothing.

A route says what it needs and calls a service:

    app = Api("registry")

    @app.get("/api/v1/agents", middlewares=[requires(Scope.READ)])
    def list_agents(limit: Limit = 50, cursor: Cursor = None) -> Response[list[Agent]]:
        return app.page(services(app.principal).registry.agents(limit, cursor))
"""

import hashlib
import json
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Annotated, Any, TypeVar
from urllib.parse import quote, unquote, urlencode

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response
from aws_lambda_powertools.event_handler.exceptions import NotFoundError
from aws_lambda_powertools.event_handler.middlewares import BaseMiddlewareHandler
from aws_lambda_powertools.event_handler.openapi.exceptions import RequestUnsupportedContentType, RequestValidationError
from aws_lambda_powertools.event_handler.openapi.params import Path, Query
from aws_lambda_powertools.utilities.data_classes import APIGatewayProxyEventV2

from watchbill.platform import aws, bodies
from watchbill.platform.access import Principal, Scope
from watchbill.platform.errors import (
    BadRequest,
    Fault,
    Forbidden,
    NotFound,
    TooManyRequests,
    Unauthorized,
    UnsupportedMediaType,
    WatchbillError,
    faults_of,
)
from watchbill.platform.lists import Page
from watchbill.platform.observability import API_CORRELATION_ID, logger, observed
from watchbill.platform.wire import MAX_CURSOR, MAX_PAGE

PROBLEM = "application/problem+json"
_PARAMETER = re.compile(r"<(\w+)>")

T = TypeVar("T")
Asked = Annotated[T, Query()]
"""A model of all that a query may ask for."""
Limit = Annotated[int, Query(ge=1, le=MAX_PAGE, description="How many at most.")]
Cursor = Annotated[
    str | None, Query(description="Where to go on: the cursor of the page before.", max_length=MAX_CURSOR)
]
PathName = Annotated[str, Path(min_length=1, max_length=200)]


class _Event(APIGatewayProxyEventV2):
    """A request whose body is read strictly."""

    @property
    def json_body(self) -> Any:
        return bodies.parsed(bodies.content(self.raw_event))


class Router(APIGatewayHttpResolver):
    """Routes whose parameters may hold any sign but a slash."""

    @staticmethod
    def _compile_regex(rule: str, base_regex: str = "^{}$") -> re.Pattern[str]:
        # Powertools knows an address by its ASCII punctuation and letters; a name may hold other signs too.
        return re.compile(base_regex.format(_PARAMETER.sub(r"(?P<\1>[^/]+)", rule)))

    def _convert_matches_into_route_keys(self, match: Any) -> dict[str, str]:
        # API Gateway hands paths over decoded, the emulator may not; names hold no `%`, so decoding again is harmless.
        return {name: unquote(value) for name, value in match.groupdict().items()}


class Api(Router):
    """The routes of one function: typed input, problem+json errors, the caller as `principal`.

    `texts` are the types of text that bodies may have besides JSON, each with the field that a model has the text in.
    """

    def __init__(self, title: str, texts: Mapping[str, str] | None = None) -> None:
        super().__init__(enable_validation=True)
        self.title = title
        self.texts = texts or {}
        self.exception_handler(WatchbillError)(self._problem)
        self.exception_handler(aws.ClientError)(self._refused_by_aws)
        self.exception_handler(RequestValidationError)(self._invalid)
        self.exception_handler(RequestUnsupportedContentType)(self._not_json)
        self.not_found(self._no_route)

    @property
    def principal(self) -> Principal:
        """Who asks. Raises Unauthorized."""
        return _principal(self.current_event.raw_event)

    @property
    def host(self) -> str:
        """The host at which the caller reached us, as it says itself."""
        return str(self.current_event.headers.get("host", ""))

    @property
    def summaries(self) -> dict[tuple[str, str], str]:
        """What each route says of itself, by method and path: its function's docstring."""
        routes = self._static_routes + self._dynamic_routes
        return {(str(route.method), route.openapi_path): route.func.__doc__ or "" for route in routes}

    def page(self, page: Page[T]) -> Response[list[T]]:
        """A page as a plain array, its next cursor in the Link header."""
        headers: dict[str, str | list[str]] = {"Link": self._link(page.next_cursor)} if page.next_cursor else {}
        return Response(200, content_type="application/json", body=list(page.items), headers=headers)

    def answer(self, status: int, body: T) -> Response[T]:
        """A body with a status that the route decides."""
        return Response(status, content_type="application/json", body=body)

    def no_content(self) -> Response[None]:
        """204: done, and nothing to say."""
        return Response(204)

    def handle(self, event: dict[str, Any], context: Any) -> dict[str, Any]:
        """Answer one request; what goes wrong before a route is reached is answered here."""
        try:
            event = bodies.as_json(event, self.texts)
            # Powertools knows the type in one spelling only; what has passed the check is JSON, or nothing.
            headers = {**(event.get("headers") or {}), "content-type": "application/json"}
            answer = self.resolve({**event, "headers": headers}, context)
            # Where there is no body Powertools makes it null, which not every gateway takes.
            return {**answer, "body": answer["body"] or ""}
        except WatchbillError as error:
            return _answer(error, event)

    def _call_route(self, route: Any, route_arguments: dict[str, str]) -> Any:
        # Powertools validates a request before it asks middlewares; who may not ask at all is told so first.
        for middleware in route.middlewares:
            if isinstance(middleware, _Requirement):
                middleware.check(self.principal)
        return super()._call_route(route, route_arguments)

    def _to_proxy_event(self, event: dict[str, Any]) -> Any:
        return _Event(event)

    def _link(self, cursor: str) -> str:
        parameters = {**self.current_event.query_string_parameters, "cursor": cursor}
        return f'<{quote(unquote(self.current_event.path))}?{urlencode(parameters)}>; rel="next"'

    def _problem(self, error: WatchbillError) -> Response[str]:
        retry = {"Retry-After": str(error.retry_after)} if error.retry_after else {}
        return Response(error.status, PROBLEM, problem(error, self._request_id()), headers=retry)

    def _refused_by_aws(self, error: aws.ClientError) -> Response[str]:
        if not aws.throttled(error):
            raise error
        return self._problem(TooManyRequests("the table is busy; send the request again", retry_after=1))

    def _invalid(self, error: RequestValidationError) -> Response[str]:
        faults = faults_of(error.errors())
        return self._problem(BadRequest(_summary(faults), errors=faults))

    def _not_json(self, _: RequestUnsupportedContentType) -> Response[str]:
        return self._problem(UnsupportedMediaType("the body must be application/json"))

    def _no_route(self, _: NotFoundError) -> Response[str]:
        return self._problem(NotFound(f"there is nothing at {self.current_event.path!r}"))

    def _request_id(self) -> str:
        return str(self.current_event.raw_event.get("requestContext", {}).get("requestId", ""))


def api_handler(api: Api) -> Callable[[dict[str, Any], Any], dict[str, Any]]:
    """The Lambda handler of an API function."""
    return observed(API_CORRELATION_ID)(api.handle)


class _Requirement(BaseMiddlewareHandler[Api]):
    """A middleware that only says what a key must be allowed to do; `Api` looks before it reads the request."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope

    def handler(self, app: Api, next_middleware: Callable[[Api], Response[Any]]) -> Response[Any]:
        """Nothing more to do."""
        return next_middleware(app)

    def check(self, principal: Principal) -> None:
        """Raises Forbidden."""
        logger().append_keys(organisation=principal.organisation, key_id=principal.key_id)
        if self._scope not in principal.scopes:
            raise Forbidden(f"this key lacks the scope {self._scope.value!r}")


def requires(scope: Scope) -> Callable[..., Response[Any]]:
    """A middleware that lets only keys with the scope through. Raises Unauthorized, Forbidden."""
    return _Requirement(scope)


def idempotent(unkept: str | None = None) -> Callable[..., Response[Any]]:
    """A middleware that honours the Idempotency-Key header; without one it does nothing.

    `unkept` names a field of the answer that is not kept: a repeat is answered with null there.
    """

    def repeat(app: Api, next_middleware: Callable[[Api], Response[Any]]) -> Response[Any]:
        key = app.current_event.headers.get("idempotency-key")
        return next_middleware(app) if key is None else _once(app, key, unkept, next_middleware)

    return repeat


def _once(app: Api, key: str, unkept: str | None, next_middleware: Callable[[Api], Response[Any]]) -> Response[Any]:
    if not 1 <= len(key) <= 255 or not key.isprintable():
        raise BadRequest("an Idempotency-Key has 1 to 255 printable characters")
    from watchbill.platform.idempotency import once

    first: list[Response[Any]] = []

    def work() -> dict[str, Any]:
        first.append(next_middleware(app))
        return _kept(first[0], unkept)

    event, principal = app.current_event, app.principal
    request = hashlib.sha256(f"{principal.key_id}\n{event.http_method} {event.path}\n{key}".encode()).hexdigest()
    body = bodies.content(event.raw_event).decode("utf-8", "surrogateescape")
    kept = once(principal.organisation, request, body, work, app.lambda_context)
    return first[0] if first else Response(kept["status"], "application/json", kept["body"], headers=kept["headers"])


def problem(error: WatchbillError, instance: str) -> str:
    """An error as RFC 9457 problem details, and as `{"error": ...}` for clients of the original routes."""
    body: dict[str, Any] = {
        "type": "about:blank",
        "title": error.title,
        "status": error.status,
        "detail": error.detail,
        "instance": instance,
        "error": error.detail,
    }
    if error.errors:
        body["errors"] = [{"path": fault.path, "message": fault.message} for fault in error.errors]
    return json.dumps(body)


def _principal(event: dict[str, Any]) -> Principal:
    context = event.get("requestContext", {}).get("authorizer", {}).get("lambda") or {}
    if not context.get("organisation"):
        raise Unauthorized("the API key is missing or not one of ours")
    return Principal(context["organisation"], context["keyId"], frozenset(context["scopes"].split()))


def _kept(response: Response[Any], unkept: str | None) -> dict[str, Any]:
    body = {**(response.body or {}), unkept: None} if unkept else response.body
    return {"status": response.status_code, "body": body, "headers": dict(response.headers)}


def _summary(faults: Sequence[Fault]) -> str:
    if not faults:
        return "the request is malformed"
    first = faults[0]
    more = f" (and {len(faults) - 1} more)" if len(faults) > 1 else ""
    return f"{first.path}: {first.message}{more}" if first.path else f"{first.message}{more}"


def _answer(error: WatchbillError, event: dict[str, Any]) -> dict[str, Any]:
    instance = event.get("requestContext", {}).get("requestId", "")
    return {"statusCode": error.status, "headers": {"Content-Type": PROBLEM}, "body": problem(error, instance)}
