"""Records what the real senders send, for tests that need none of them: `python -m tests.interop.record [SENDER …]`.

The requests of a sender become one, in protobuf, without what tells of the machine: stack traces, processes, ports.
"""

import gzip
import re
import sys
from collections.abc import Iterable, MutableSequence
from pathlib import Path

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import KeyValue
from rich.console import Console

from tests.integration.client.server import Seen
from tests.interop.model import scripted_model
from tests.interop.receiver import recording
from tests.interop.running import SENDERS, run

FOLDER = Path(__file__).parents[1] / "data" / "otlp"
_PORT, _STACK = re.compile(r"127\.0\.0\.1:\d+"), re.compile(r"Traceback \(most.*", re.S)
_MACHINE = re.compile(
    r"exception\.stacktrace|(host|os|process)\..*|service\.instance\.id|server\.port|url\.full|.*api_base"
)


def main(names: Iterable[str]) -> None:
    """Record senders, all that send protobuf unless told which."""
    FOLDER.mkdir(exist_ok=True)
    with scripted_model() as model:
        for name in names or (name for name in SENDERS if not name.endswith("-json")):
            with recording() as receiver:
                run(SENDERS[name], model, receiver.url)
            traces = [request for request in receiver.requests if request.path == "/v1/traces"]
            body = gzip.compress(b"".join(map(_anonymous, traces)), mtime=0)
            (FOLDER / f"{name}.binpb.gz").write_bytes(body)
            Console().print(f"{name}: {len(body):,} bytes")


def _anonymous(request: Seen) -> bytes:
    message = ExportTraceServiceRequest.FromString(gzip.decompress(request.body))
    for of_resource in message.resource_spans:
        _strip(of_resource.resource.attributes)
        for of_scope in of_resource.scope_spans:
            for span in of_scope.spans:
                span.status.message = _STACK.sub("Traceback", span.status.message)
                _strip(span.attributes)
                for event in span.events:
                    _strip(event.attributes)
    return message.SerializeToString()


def _strip(attributes: MutableSequence[KeyValue]) -> None:
    for pair in [pair for pair in attributes if _MACHINE.fullmatch(pair.key)]:
        attributes.remove(pair)
    for pair in attributes:
        if pair.value.HasField("string_value"):
            pair.value.string_value = _PORT.sub("127.0.0.1:8000", pair.value.string_value)


if __name__ == "__main__":
    main(sys.argv[1:])
