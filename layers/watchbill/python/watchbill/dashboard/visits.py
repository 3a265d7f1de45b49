"""One request of a person: what it asks for, on whose behalf, and the answers there are."""

from collections.abc import Mapping
from functools import cached_property
from typing import Any, TypeVar
from urllib.parse import parse_qsl, quote, unquote, urlencode

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.shared.cookies import Cookie, SameSite
from pydantic import BaseModel, ValidationError

from watchbill.dashboard import rules
from watchbill.dashboard.assets import Assets
from watchbill.dashboard.models import Session
from watchbill.dashboard.rendering import environment
from watchbill.platform import bodies
from watchbill.platform.access import Principal, Scope
from watchbill.platform.errors import BadRequest, Forbidden, PayloadTooLarge, Unauthorized, faults_of
from watchbill.platform.trail import Deed, End
from watchbill.services import Services, services
from watchbill.serving import audit_log

HTML = "text/html; charset=utf-8"
SESSION_COOKIE, NOTICE_COOKIE = "__Host-watchbill", "__Host-watchbill-notice"
_MOST_FORM_BYTES = 100_000
_MOST_FIELDS = 200

M = TypeVar("M", bound=BaseModel)
Answer = Response[Any]


class Visit:
    """What a page is made from. `session` is None for who has not signed in."""

    def __init__(self, event: Mapping[str, Any], assets: Assets, session: Session | None) -> None:
        self._event = event
        self._assets = assets
        self.session = session

    @property
    def path(self) -> str:
        """The path of the request."""
        return str(self._event["rawPath"])

    @property
    def address(self) -> str:
        """The path and what it asks for."""
        asked = urlencode(self.query)
        return f"{quote(self.path, safe='/%')}?{asked}" if asked else quote(self.path, safe="/%")

    @cached_property
    def query(self) -> dict[str, str]:
        """What the address asks for. Of what was left empty in a form of filters nothing is asked."""
        return {name: value for name, value in parse_qsl(self._event.get("rawQueryString") or "") if value}

    @property
    def headers(self) -> Mapping[str, str]:
        """The request's headers, by their names in small letters."""
        return self._event.get("headers") or {}

    @property
    def host(self) -> str:
        """The name under which the visitor reached us."""
        return self.headers.get("host", "localhost")

    @property
    def origin(self) -> str:
        """The address of the service as the visitor has it, without a path."""
        return f"{self.headers.get('x-forwarded-proto', 'http')}://{self.headers.get('host', 'localhost:9999')}"

    @property
    def wants_part(self) -> bool:
        """Whether a script of ours asked for a part of a page."""
        return self.headers.get("hx-request") == "true"

    @property
    def principal(self) -> Principal:
        """Who asks. Raises Unauthorized."""
        if self.session is None:
            raise Unauthorized("sign in first")
        return self.session.principal

    @cached_property
    def services(self) -> Services:
        """The use cases of the visitor's organisation. Raises Unauthorized."""
        return services(self.principal)

    def deed(self, action: str) -> Deed:
        """What is asked for, as the audit log has it. Raises Unauthorized."""
        request_id = str(self._event.get("requestContext", {}).get("requestId", ""))
        return Deed(self.principal, action, self.path, request_id, on_page=True)

    def note_signing_in(self) -> None:
        """Have the audit log say who has signed in. Nobody is told of a session that it does not know of."""
        audit_log(self.deed("dashboard.sign_in"))(End(200))

    def may(self, scope: str) -> bool:
        """Whether the visitor's key has a scope."""
        return self.session is not None and self.session.may(Scope(scope))

    def require(self, scope: Scope) -> None:
        """Raises Unauthorized, Forbidden."""
        if scope not in self.principal.scopes:
            raise Forbidden(f"the key you signed in with lacks the scope {scope.value!r}")

    def asked(self, model: type[M]) -> M:
        """What the address asks for, as a model has it. Raises BadRequest."""
        return _read(model, self.query)

    def form(self, model: type[M]) -> M:
        """What was filled in, as a model has it: names that occur twice are lists. Raises BadRequest."""
        filled = {name: values if len(values) > 1 else values[0] for name, values in self.fields.items()}
        return _read(model, {name: value for name, value in filled.items() if name != "csrf" and value != ""})

    def checked(self, model: type[M], values: Mapping[str, Any]) -> M:
        """What was made of a form, as a model has it. Raises BadRequest."""
        return _read(model, values)

    @cached_property
    def fields(self) -> dict[str, list[str]]:
        """What was filled in. Raises PayloadTooLarge, BadRequest."""
        body = bodies.content(dict(self._event))
        if len(body) > _MOST_FORM_BYTES:
            raise PayloadTooLarge(f"a form has at most {_MOST_FORM_BYTES:,} bytes")
        try:
            pairs = parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=_MOST_FIELDS)
        except ValueError as error:
            raise BadRequest("this is not a form that was filled in") from error
        fields: dict[str, list[str]] = {}
        for name, value in pairs:
            fields.setdefault(name, []).append(value)
        return fields

    @property
    def csrf_token(self) -> str:
        """What a page's forms bring along, as proof that a page of the session posted them; "" without a session."""
        return rules.csrf_of(self.session.token) if self.session else ""

    @property
    def presented_token(self) -> str:
        """What the request brings as that proof."""
        return self.headers.get("x-csrf-token") or self.fields.get("csrf", [""])[0]

    def cookie(self, name: str) -> str | None:
        """A cookie of the request: API Gateway lists them apart from the headers, the emulator does not."""
        sent = [*(self._event.get("cookies") or ()), *self.headers.get("cookie", "").split(";")]
        pairs = (one.strip().partition("=") for one in sent)
        return next((value for own, _, value in pairs if own == name), None)

    def page(self, template: str, status: int = 200, **values: Any) -> Answer:
        """A page, or a part of one, with these values."""
        notice = self.cookie(NOTICE_COOKIE)
        html = (
            environment()
            .get_template(template)
            .render(visit=self, asset=self._assets.address, notice=unquote(notice) if notice else None, **values)
        )
        used = [cookie(NOTICE_COOKIE, "", 0)] if notice and not self.wants_part else []
        return Response(status, HTML, html, cookies=used)

    def go(self, address: str, notice: str = "") -> Answer:
        """Go on at another page of ours, which says what was done."""
        left = [cookie(NOTICE_COOKIE, quote(notice), 60)] if notice else []
        if self.wants_part:
            return Response(204, HTML, "", headers={"HX-Redirect": address}, cookies=left)
        return Response(303, HTML, "", headers={"Location": address}, cookies=left)


def cookie(name: str, value: str, seconds: int) -> Cookie:
    """A cookie that scripts cannot read and other sites' pages do not bring along when they post."""
    return Cookie(name, value, "/", secure=True, http_only=True, max_age=seconds, same_site=SameSite.LAX_MODE)


def _read(model: type[M], values: Mapping[str, Any]) -> M:
    try:
        return model.model_validate(values)
    except ValidationError as error:
        faults = faults_of(error.errors())
        told = "; ".join(f"{fault.path}: {fault.message}" if fault.path else fault.message for fault in faults[:5])
        raise BadRequest(told, errors=faults) from error
