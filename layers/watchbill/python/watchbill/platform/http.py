"""The HTTP side of every API function: who asks, what is allowed, how errors and pages look. Decides nothing.

A route says what it needs and calls a service:

    app = Api("registry")

    @app.get("/api/v1/agents", middlewares=[requires(Scope.READ)])
    def list_agents(limit: Limit = 50, cursor: Cursor = None) -> Response[list[Agent]]:
        return app.page(services(app.principal).registry.agents(limit, cursor))

What changes something is written down in the organisation's audit log under the name of its function, here
`registry.list_agents`, unless the route says that it is not, and why.
"""

import hashlib
import re
from collections.abc import Callable, Mapping
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
    Forbidden,
    NotFound,
    Unauthorized,
    UnsupportedMediaType,
    WatchbillError,
    faults_of,
)
from watchbill.platform.lists import Page
from watchbill.platform.observability import logger
from watchbill.platform.problems import PROBLEM, busy, problem, refusal, summary
from watchbill.platform.trail import Deed, End, Trail, kept
from watchbill.platform.wire import MAX_CURSOR, MAX_PAGE

_MADE = (201, 202)
"""The statuses of answers that show what was made."""
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
    `trail` is who writes down what is asked for that changes something.
    """

    def __init__(self, title: str, texts: Mapping[str, str] | None = None) -> None:
        super().__init__(enable_validation=True)
        self.title = title
        self.texts = texts or {}
        self.trail: Trail | None = None
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
            return refusal(error, event)
        except aws.ClientError as error:
            return refusal(busy(error), event)

    def audited(self) -> dict[tuple[str, str], str]:
        """The names under which the audit log has what changes something, by method and path."""
        return {
            (str(route.method), str(route.path)): self._action(route)
            for route in self._static_routes + self._dynamic_routes
            if _is_audited(route)
        }

    def _call_route(self, route: Any, route_arguments: dict[str, str]) -> Any:
        if self.trail is None or not _is_audited(route):
            return self._permitted(route, route_arguments)
        deed = Deed(self.principal, self._action(route), self.current_event.path, self._request_id())
        return kept(
            self.trail, deed, lambda: self._permitted(route, route_arguments), lambda answer: _end(answer.response)
        )

    def _permitted(self, route: Any, route_arguments: dict[str, str]) -> Any:
        # Powertools validates a request before it asks middlewares; who may not ask at all is told so first.
        for requirement in _requirements(route):
            requirement.check(self.principal)
        return super()._call_route(route, route_arguments)

    def _action(self, route: Any) -> str:
        return f"{self.title}.{route.func.__name__}"

    def _to_proxy_event(self, event: dict[str, Any]) -> Any:
        return _Event(event)

    def _link(self, cursor: str) -> str:
        parameters = {**self.current_event.query_string_parameters, "cursor": cursor}
        return f'<{quote(unquote(self.current_event.path))}?{urlencode(parameters)}>; rel="next"'

    def _problem(self, error: WatchbillError) -> Response[str]:
        retry = {"Retry-After": str(error.retry_after)} if error.retry_after else {}
        return Response(error.status, PROBLEM, problem(error, self._request_id()), headers=retry)

    def _refused_by_aws(self, error: aws.ClientError) -> Response[str]:
        return self._problem(busy(error))

    def _invalid(self, error: RequestValidationError) -> Response[str]:
        faults = faults_of(error.errors())
        return self._problem(BadRequest(summary(faults), errors=faults))

    def _not_json(self, _: RequestUnsupportedContentType) -> Response[str]:
        return self._problem(UnsupportedMediaType("the body must be application/json"))

    def _no_route(self, _: NotFoundError) -> Response[str]:
        return self._problem(NotFound(f"there is nothing at {self.current_event.path!r}"))

    def _request_id(self) -> str:
        return str(self.current_event.raw_event.get("requestContext", {}).get("requestId", ""))


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


class Unaudited(BaseMiddlewareHandler[Api]):
    """A middleware that only says why the audit log does without what a route changes: in `why`."""

    def __init__(self, why: str) -> None:
        self.why = why

    def handler(self, app: Api, next_middleware: Callable[[Api], Response[Any]]) -> Response[Any]:
        """Nothing more to do."""
        return next_middleware(app)


def unaudited(why: str) -> Callable[..., Response[Any]]:
    """A middleware that keeps what a route changes out of the audit log, which is not to hold everything twice."""
    return Unaudited(why)


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


def _requirements(route: Any) -> list[_Requirement]:
    return [middleware for middleware in route.middlewares if isinstance(middleware, _Requirement)]


def _is_audited(route: Any) -> bool:
    """Whether a route changes something for somebody whom we know, and does not say that others keep it."""
    known = route.method != "GET" and bool(_requirements(route))
    return known and not any(isinstance(middleware, Unaudited) for middleware in route.middlewares)


def _end(response: Response[Any]) -> End:
    body, made = response.body, None
    if response.status_code in _MADE and isinstance(body, dict) and isinstance(body.get("id"), str):
        made = body["id"]
    return End(response.status_code, made)


def _principal(event: dict[str, Any]) -> Principal:
    context = event.get("requestContext", {}).get("authorizer", {}).get("lambda") or {}
    if not context.get("organisation"):
        raise Unauthorized("the API key is missing or not one of ours")
    scopes = frozenset(context["scopes"].split())
    # What the gateway remembers of an authorizer of before has no name.
    return Principal(context["organisation"], context["keyId"], scopes, context.get("keyName", ""))


def _kept(response: Response[Any], unkept: str | None) -> dict[str, Any]:
    body = {**(response.body or {}), unkept: None} if unkept else response.body
    return {"status": response.status_code, "body": body, "headers": dict(response.headers)}
