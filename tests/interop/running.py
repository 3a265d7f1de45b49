"""Runs the real senders: each a script with pinned, locked packages of its own, in an environment that uv makes."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from infra.packaging import ROOT

SCRIPTS = Path(__file__).with_name("senders")
SERVICE, VERSION, KEY = "weather-station", "1.4.2", "none"
SECONDS = 300
"""As long as a sender may take where its packages have to be fetched."""


@dataclass(frozen=True)
class Sender:
    """A script and how it is told to send."""

    name: str
    script: str
    arguments: tuple[str, ...] = ()
    settings: Mapping[str, str] = field(default_factory=dict)
    recorded_only: bool = False
    """Whether it is as another one but for what it is told, so that its recording is proof enough."""


SENDERS = {
    sender.name: sender
    for sender in (
        Sender("openllmetry", "openllmetry_sdk"),
        Sender("openinference", "openinference_sdk", settings={"ANTHROPIC_OPEN_TELEMETRY": "false"}),
        Sender("pydantic-ai", "pydantic_ai_agents"),
        Sender("pydantic-ai-1", "pydantic_ai_before", recorded_only=True),
        Sender("strands", "strands_agents"),
        Sender(
            "strands-latest",
            "strands_agents",
            settings={"OTEL_SEMCONV_STABILITY_OPT_IN": "gen_ai_latest_experimental"},
            recorded_only=True,
        ),
        Sender("opentelemetry", "opentelemetry_sdk"),
        # API Gateway hands JSON on as text, which gzip does not survive.
        Sender("opentelemetry-json", "opentelemetry_sdk", ("json",), {"OTEL_EXPORTER_OTLP_COMPRESSION": "none"}),
    )
}
"""Those that take longest come first."""
LIVE = {name: sender for name, sender in SENDERS.items() if not sender.recorded_only}


def run(sender: Sender, model: str, receiver: str, key: str = KEY) -> str:
    """Let a sender ask the model and send to a receiver; what it printed. Raises RuntimeError."""
    command = [_uv(), "run", "--quiet", "--locked", "--no-project", "--python", sys.executable]
    done = subprocess.run(
        [*command, "--script", f"{SCRIPTS / sender.script}.py", *sender.arguments],
        env={**_inherited(), **_asking(model), **_sending(receiver, key), **sender.settings},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=SECONDS,
    )
    if done.returncode:
        raise RuntimeError(f"{sender.name} failed: {done.stderr[-5_000:]}")
    return done.stdout + done.stderr


def run_all(senders: Iterable[Sender], model: str, receivers: Mapping[str, tuple[str, str]]) -> dict[str, str]:
    """Run senders, two at a time, each with the receiver and key that are named for it; what each printed."""
    with ThreadPoolExecutor(2) as pool:
        printed = {one.name: pool.submit(run, one, model, *receivers[one.name]) for one in senders}
        return {name: future.result() for name, future in printed.items()}


def _uv() -> str:
    """Where `make` has installed uv, or one that is there anyhow."""
    path = os.pathsep.join([str(ROOT / ".tools" / "bin"), os.environ.get("PATH", os.defpath)])
    found = shutil.which("uv", path=path)
    if found is None:
        raise RuntimeError("uv is not installed: run `make bootstrap`")
    return found


def _inherited() -> dict[str, str]:
    """What this process has of its environment that is not about telemetry, models or Python."""
    theirs = (
        "OTEL_",
        "TRACELOOP_",
        "OPENAI_",
        "ANTHROPIC_",
        "AWS_",
        "LANGSMITH_",
        "LANGCHAIN_",
        "PYTHON",
        "VIRTUAL_ENV",
    )
    return {name: value for name, value in os.environ.items() if not name.startswith(theirs)}


def _asking(model: str) -> dict[str, str]:
    return {
        "OPENAI_BASE_URL": f"{model}/v1",
        "OPENAI_API_KEY": KEY,
        "ANTHROPIC_BASE_URL": model,
        "ANTHROPIC_API_KEY": KEY,
        "AWS_ENDPOINT_URL_BEDROCK_RUNTIME": model,
        "AWS_ACCESS_KEY_ID": KEY,
        "AWS_SECRET_ACCESS_KEY": KEY,
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_REGION": "us-east-1",
        "AWS_EC2_METADATA_DISABLED": "true",
        "NO_PROXY": "127.0.0.1,localhost",
        "no_proxy": "127.0.0.1,localhost",
    }


def _sending(receiver: str, key: str) -> dict[str, str]:
    return {
        "OTEL_EXPORTER_OTLP_ENDPOINT": receiver,
        "OTEL_EXPORTER_OTLP_HEADERS": f"Authorization=Bearer%20{key}",
        "OTEL_EXPORTER_OTLP_COMPRESSION": "gzip",
        "OTEL_EXPORTER_OTLP_TIMEOUT": "60",
        "OTEL_SERVICE_NAME": SERVICE,
        "OTEL_RESOURCE_ATTRIBUTES": f"service.version={VERSION}",
        "TRACELOOP_BASE_URL": receiver,
        "TRACELOOP_HEADERS": f"Authorization=Bearer%20{key}",
        "TRACELOOP_TELEMETRY": "false",
    }
