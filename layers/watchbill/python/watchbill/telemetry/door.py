"""The HTTP side of telemetry: bodies as OTLP has them, answers and errors in the encoding of the request."""

import base64
import json
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, TypeVar

from aws_lambda_powertools.event_handler import Response

from watchbill.platform import aws, bodies, clock
from watchbill.platform.errors import TooManyRequests, Unavailable, UnsupportedMediaType, WatchbillError
from watchbill.platform.http import Api
from watchbill.telemetry import otlp
from watchbill.telemetry.limits import Rejected
from watchbill.telemetry.otlp import Encoding

T = TypeVar("T")
Read = Callable[[bytes, Encoding, str | None, datetime], tuple[tuple[T, ...], tuple[Rejected, ...]]]
_BINARY = Encoding.PROTOBUF.value


class TelemetryApi(Api):
    """The routes that OpenTelemetry's exporters send to."""

    def __init__(self, title: str) -> None:
        super().__init__(title)
        self.exception_handler(aws.Unreached)(self._unreached)

    def handle(self, event: dict[str, Any], context: Any) -> dict[str, Any]:
        """Answer one request, whose body is nobody's business but the route's."""
        try:
            answer = self.resolve(event, context)
        except WatchbillError as error:
            refused = self._problem(error)
            answer = {"statusCode": refused.status_code, "headers": refused.headers, "body": refused.body}
        headers = answer.get("headers") or {}
        return {**answer, "body": answer["body"] or "", "isBase64Encoded": headers.get("Content-Type") == _BINARY}

    def exported(
        self, read: Read[T], take_in: Callable[[Sequence[T]], None], counted: str = otlp.SPANS_COUNTED
    ) -> Response[str]:
        """What is answered to what was sent, once it is taken in.

        `read` says what of it is taken and what is not, `counted` is what an answer in JSON calls how many the latter.
        """
        event = self.current_event
        encoding = otlp.encoding_of(event.headers.get("content-type"))
        body = bodies.content(event.raw_event)
        taken, rejected = read(body, encoding, event.headers.get("content-encoding"), clock.now())
        take_in(taken)
        return _written(200, encoding, otlp.answer(encoding, rejected, counted))

    def _unreached(self, _: aws.Unreached) -> Response[str]:
        return self._problem(Unavailable("the table does not answer; send the request again", retry_after=1))

    def _problem(self, error: WatchbillError) -> Response[str]:
        if isinstance(error, TooManyRequests):
            # OpenTelemetry's exporter for Python drops what is answered 429; all of them send again after a 503.
            error = Unavailable(error.detail, retry_after=error.retry_after)
        problem = super()._problem(error)
        try:
            encoding = otlp.encoding_of(self.current_event.headers.get("content-type"))
        except UnsupportedMediaType:
            return problem
        refusal = otlp.refusal(encoding, error.detail)
        if encoding is Encoding.JSON:
            # What OTLP has no field for is ignored by its senders, and helps everybody else.
            refusal = json.dumps(json.loads(refusal) | json.loads(problem.body or "{}")).encode()
        return _written(problem.status_code, encoding, refusal, problem.headers)


def _written(status: int, encoding: Encoding, body: bytes, headers: Any = None) -> Response[str]:
    # Powertools takes bodies for text: what is not goes as base64, which `handle` says.
    text = base64.b64encode(body).decode() if encoding is Encoding.PROTOBUF else body.decode()
    return Response(status, encoding.value, text, headers={**(headers or {}), "Content-Type": encoding.value})
