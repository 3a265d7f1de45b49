"""Deploys the CDK app to the emulator with the CDK's own command line, the same as to AWS."""

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Self

from infra.local.aws import client
from infra.local.errors import LauncherError
from infra.local.processes import AlreadyHeldError, hold, wait_until
from infra.local.settings import ACCOUNT, API_PREFIX, LOOPBACK, REGION, Settings, write_private
from infra.packaging import BUILT_LAYERS, ROOT, PackagingError, Target, build_layers
from infra.stages import DEVELOPMENT, SOCKET_STAGE

CDK = ROOT / "node_modules" / ".bin" / "cdk"
ASSEMBLY = ROOT / "cdk.out" / "local"
SOURCES = (
    "cdk.json",
    "functions/**/*",
    "infra/*.py",
    "infra/parts/*.py",
    "infra/stacks/*.py",
    "layers/watchbill/**/*",
)
BOOTSTRAP_PARAMETER = "/cdk-bootstrap/hnb659fds/version"
SYNTHESIS_SECONDS = 120


@dataclass(frozen=True)
class Deployment:
    """What is deployed: the `fingerprint` of its sources, and the stack's outputs."""

    fingerprint: str
    outputs: Mapping[str, str]

    @classmethod
    def read(cls, settings: Settings) -> Self | None:
        """Return the last deployment, or None when there was none."""
        if not settings.deployed_file.is_file():
            return None
        return cls(**json.loads(settings.deployed_file.read_text()))

    def write(self, settings: Settings) -> None:
        write_private(settings.deployed_file, json.dumps(asdict(self), indent=2))

    def api_url(self, settings: Settings) -> str:
        """Return the API's address at the emulator, without a slash at the end."""
        return f"{settings.emulator_url}{API_PREFIX}{self.outputs['ApiId']}/$default"

    def web_socket_url(self, settings: Settings) -> str | None:
        """Return where sockets are opened at the emulator, or None when the deployment has no WebSocket API."""
        api = self.outputs.get("SocketApiId")
        return f"ws://{LOOPBACK}:{settings.emulator_port}{API_PREFIX}{api}/{SOCKET_STAGE}" if api else None


def fingerprint() -> str:
    """Return a hash of everything the deployed stack is made from, the built layers included."""
    digest = hashlib.sha256(b"".join(layer.stamp(Target.HOST).read_bytes() for layer in BUILT_LAYERS))
    for path in _sources():
        digest.update(f"{path.relative_to(ROOT)}\0{path.stat().st_size}\0".encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


def build() -> bool:
    """Build the layers for this machine's Python if they are not up to date; return whether one was built."""
    try:
        return build_layers(Target.HOST)
    except PackagingError as error:
        raise LauncherError(str(error)) from error


def deploy(settings: Settings, wanted: str) -> Deployment:
    """Bring the emulator's stack to what the sources say, whose fingerprint is `wanted`."""
    with ThreadPoolExecutor() as both:
        bootstrapped = both.submit(_bootstrap, settings)
        both.submit(synthesise, settings, wanted).result()
        bootstrapped.result()
    if _holds_functions(settings):
        _remove_functions(settings)
    outputs = settings.state / "outputs.json"
    _cdk(settings, "deploy", "--app", str(ASSEMBLY), "--require-approval", "never", "--outputs-file", str(outputs))
    deployment = Deployment(wanted, json.loads(outputs.read_text())[DEVELOPMENT.stack_name])
    _repeat_cors(settings, deployment)
    deployment.write(settings)
    return deployment


def _holds_functions(settings: Settings) -> bool:
    """Whether the deployed stack has the functions itself, as before they had stacks of their own (decision 13)."""
    if Deployment.read(settings) is None:
        return False
    pages = client(settings, "cloudformation").get_paginator("list_stack_resources")
    kinds = (
        resource["ResourceType"]
        for page in pages.paginate(StackName=DEVELOPMENT.stack_name)
        for resource in page["StackResourceSummaries"]
    )
    return "AWS::ApiGatewayV2::Route" in kinds


def _remove_functions(settings: Settings) -> None:
    """Leave the state alone in the stack: under their names, functions would be in the way of their successors."""
    state, context = ASSEMBLY.parent / "state", ("--context", f"target={Target.HOST}", "--context", "functions=none")
    _cdk(settings, "deploy", *context, "--output", str(state), "--require-approval", "never")


def _repeat_cors(settings: Settings, deployment: Deployment) -> None:
    """Tell the emulator again what the template says of CORS, which its CloudFormation files under names it ignores."""
    template = json.loads((ASSEMBLY / f"{DEVELOPMENT.stack_name}.template.json").read_text())
    (cors,) = (
        resource["Properties"]["CorsConfiguration"]
        for resource in template["Resources"].values()
        if resource["Type"] == "AWS::ApiGatewayV2::Api" and "CorsConfiguration" in resource["Properties"]
    )
    client(settings, "apigatewayv2").update_api(ApiId=deployment.outputs["ApiId"], CorsConfiguration=cors)


def synthesise(settings: Settings, wanted: str) -> None:
    """Write the cloud assembly unless the one there is `wanted`; stacks being started at once share it."""
    ASSEMBLY.parent.mkdir(exist_ok=True)
    descriptor = _wait_for(ASSEMBLY.parent / "local.lock")
    try:
        stamp = ASSEMBLY.parent / "local.stamp"
        if stamp.is_file() and stamp.read_text() == wanted:
            return
        stamp.unlink(missing_ok=True)
        _cdk(settings, "synth", "--quiet", "--output", str(ASSEMBLY), "--context", f"target={Target.HOST}")
        stamp.write_text(wanted)
    finally:
        os.close(descriptor)


def _bootstrap(settings: Settings) -> None:
    """Prepare the emulator's account for CDK, unless it is."""
    known = client(settings, "ssm").get_parameters(Names=[BOOTSTRAP_PARAMETER])["Parameters"]
    if not known:
        # From a folder without a cdk.json, so that the app is not synthesised for it.
        _cdk(settings, "bootstrap", f"aws://{ACCOUNT}/{REGION}", folder=settings.state)


def _cdk(settings: Settings, *arguments: str, folder: Path = ROOT) -> None:
    if not CDK.exists():
        raise LauncherError("The CDK command line is not installed: run `make bootstrap`.")
    log = settings.logs / "cdk.log"
    with log.open("ab") as output:
        done = subprocess.run(
            [str(CDK), *arguments, "--ci"],
            cwd=folder,
            env=_cdk_environment(settings),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            check=False,
        )
    if done.returncode:
        raise LauncherError(f"`cdk {arguments[0]}` failed; the end of {log} says why.")


def _cdk_environment(settings: Settings) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    return (
        kept
        | settings.aws_environment()
        | {
            # Node and Python are the virtual environment's, whatever else the path holds.
            "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)]),
            "CDK_DISABLE_CLI_TELEMETRY": "true",
        }
    )


def _sources() -> Iterator[Path]:
    found = (path for pattern in SOURCES for path in sorted(ROOT.glob(pattern)))
    return (path for path in found if path.is_file() and "__pycache__" not in path.parts)


def _wait_for(lock: Path) -> int:
    held: list[int] = []

    def taken() -> bool:
        try:
            held.append(hold(lock))
        except AlreadyHeldError:
            return False
        return True

    if not wait_until(taken, SYNTHESIS_SECONDS):
        raise LauncherError("Another start has been synthesising for two minutes: end it and try again.")
    return held[0]
