"""Where the local stack lives and listens; the launcher's only reader of its environment variables."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from infra.local.errors import LauncherError
from infra.packaging import ROOT

REGION = "us-east-1"
ACCOUNT = "000000000000"
ROOT_KEY = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}
LOOPBACK = "127.0.0.1"
FRONT_DOOR_PORT = 9999
EMULATOR_PORT = 4566

HEALTH_PATH = "/_ministack/health"
BACKLOG_PATH = "/_watchbill/backlog"
API_PREFIX = "/_aws/execute-api/"

FOREIGN_PREFIXES = ("AWS_", "LAMBDA_", "MINISTACK_", "POWERTOOLS_", "PYTHON", "WATCHBILL_")
"""Variables of the person who starts the stack which would change what the functions do."""

FOR_THE_EMULATOR = frozenset({"MINISTACK_BEDROCK_PROXY_URL"})
"""Variables that are meant for it: where real language models answer in Bedrock's place."""


@dataclass(frozen=True)
class Settings:
    """`state` is the folder everything is kept in; both ports are on 127.0.0.1."""

    state: Path
    front_door_port: int
    emulator_port: int

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> "Settings":
        """Read WATCHBILL_STATE, WATCHBILL_PORT and WATCHBILL_EMULATOR_PORT, each with its default."""
        return cls(
            state=Path(environment.get("WATCHBILL_STATE", ROOT / ".watchbill")).resolve(),
            front_door_port=_port(environment, "WATCHBILL_PORT", FRONT_DOOR_PORT),
            emulator_port=_port(environment, "WATCHBILL_EMULATOR_PORT", EMULATOR_PORT),
        )

    @property
    def front_door_url(self) -> str:
        return f"http://localhost:{self.front_door_port}"

    @property
    def emulator_url(self) -> str:
        return f"http://{LOOPBACK}:{self.emulator_port}"

    @property
    def logs(self) -> Path:
        return self.state / "logs"

    @property
    def key_file(self) -> Path:
        """Holds the admin key of organisation `demo`."""
        return self.state / "key"

    @property
    def environment_file(self) -> Path:
        """Holds what an AWS SDK or CLI needs to reach the emulator, as NAME=value lines."""
        return self.state / "environment"

    @property
    def scratch(self) -> Path:
        """Where the emulator unpacks functions while it runs."""
        return self.state / "tmp"

    @property
    def emulator_state(self) -> Path:
        return self.state / "emulator"

    @property
    def deployed_file(self) -> Path:
        """Holds the fingerprint of what was deployed last, and the stack's outputs."""
        return self.state / "deployed.json"

    @property
    def running_marker(self) -> Path:
        """Exists from the emulator's start until its orderly stop: found at a start, the last stop lost something."""
        return self.state / "running"

    @property
    def lost_marker(self) -> Path:
        """Exists from a start after an unclean stop until the figures have been rebuilt."""
        return self.state / "lost"

    @property
    def front_door_file(self) -> Path:
        """Holds the front door's configuration."""
        return self.state / "front-door.json"

    @property
    def ports_file(self) -> Path:
        """Holds the ports the stack was started with."""
        return self.state / "ports.json"

    @property
    def ports(self) -> dict[str, int]:
        return {"front_door": self.front_door_port, "emulator": self.emulator_port}

    def owned(self) -> list[Path]:
        """Return everything in the state folder which the launcher made and a reset removes."""
        names = ("logs", "emulator", "tmp", "outputs.json", "emulator.pid", "front-door.pid")
        files = (
            self.key_file,
            self.environment_file,
            self.deployed_file,
            self.running_marker,
            self.lost_marker,
            self.front_door_file,
            self.ports_file,
        )
        return [*files, *(self.state / name for name in names)]

    def prepare(self) -> None:
        """Create the folders, which only this user may enter."""
        for folder in (self.state, self.logs, self.emulator_state, self.scratch):
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)

    def aws_environment(self) -> dict[str, str]:
        """Return the variables with which an AWS SDK talks to the emulator and to nothing else."""
        return {
            "AWS_ENDPOINT_URL": self.emulator_url,
            "AWS_ENDPOINT_URL_S3": self.emulator_url,
            **ROOT_KEY,
            "AWS_DEFAULT_REGION": REGION,
            "AWS_REGION": REGION,
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        }

    def emulator_environment(self, inherited: Mapping[str, str] = os.environ) -> dict[str, str]:
        """Return the environment the emulator runs in: loopback only, state in our folder, IAM policies enforced."""
        kept = {
            name: value
            for name, value in inherited.items()
            if name in FOR_THE_EMULATOR or not name.startswith(FOREIGN_PREFIXES)
        }
        return kept | {
            **ROOT_KEY,
            "AWS_DEFAULT_REGION": REGION,
            # Signatures and each function's role are checked, so a grant that is missing is missing here too.
            "AUTH": "true",
            "BIND_HOST": LOOPBACK,
            "DOCKER_HOST": f"unix://{self.state}/no-docker",
            "GATEWAY_PORT": str(self.emulator_port),
            "IOT_MTLS_ENABLED": "0",
            "MINISTACK_ACCOUNT_ID": ACCOUNT,
            "MINISTACK_REGION": REGION,
            "PERSIST_STATE": "1",
            "PYTHONUNBUFFERED": "1",
            "S3_DATA_DIR": str(self.emulator_state / "s3"),
            "S3_PERSIST": "1",
            "SFTP_ENABLED": "0",
            "STATE_DIR": str(self.emulator_state),
            "TMPDIR": str(self.scratch),
        }

    def write_environment_file(self) -> None:
        lines = (f"{name}={value}\n" for name, value in self.aws_environment().items())
        write_private(self.environment_file, "".join(lines))


def write_private(path: Path, text: str) -> None:
    """Write a file only this user may read, never half of it."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    draft.touch(mode=0o600)
    draft.write_text(text)
    draft.replace(path)


def _port(environment: Mapping[str, str], name: str, default: int) -> int:
    text = environment.get(name, str(default))
    if not (text.isascii() and text.isdecimal()) or not 0 < int(text) < 65536:
        raise LauncherError(f"{name} is {text!r}, which is not a port between 1 and 65535.")
    return int(text)
