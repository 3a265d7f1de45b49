"""The stages Watchbill is deployed to: everything in which one differs from another, and nothing else."""

from dataclasses import dataclass, replace

MODELS = ("global.amazon.nova-2-lite-v1:0", "global.anthropic.claude-haiku-5-5", "global.anthropic.claude-sonnet-5-5")
"""Inference profiles to be had from any region. Amazon's own comes first: it needs no agreement with others."""


SOCKET_STAGE = "live"
"""The one deployment of the WebSocket API, whose name is part of its address."""


class UnknownStageError(ValueError):
    """The context names a stage which is not one of `STAGES`."""

    def __init__(self, name: str) -> None:
        super().__init__(f"Unknown stage {name!r}: choose one of {', '.join(STAGES)}.")


@dataclass(frozen=True)
class Stage:
    """One stage's settings.

    `run_retention_days` is how long a run is kept, `log_retention_days` how long its logs are; `burst_limit`
    and `rate_limit` (requests per second) are the throttle of the whole API; `keep_data` protects the table
    against deletion and keeps its last 35 days restorable to the second. `alert_sender` is the e-mail address alerts
    and reports come from, which SES must know; without one no e-mail is sent. `private_targets` lets webhooks reach
    private addresses, and `webhook_delays` (seconds before each attempt) replaces the standard schedule. `models` are
    the language models of Amazon Bedrock that agents may ask, by the ids of models or of inference profiles; the first
    is asked unless an agent names another. `model_region` is where they are asked, "" for the stack's own region.
    `redirects` are the addresses to which owners of accounts may be sent back by other platforms, whatever else an
    organisation allows; `{platform}` stands for each platform's name.
    `sockets_path` is what the paths of APIs begin with where they have no hosts of their own.
    """

    name: str
    run_retention_days: int
    log_retention_days: int
    burst_limit: int
    rate_limit: int
    cors_origins: tuple[str, ...]
    keep_data: bool
    log_level: str
    alert_sender: str = ""
    private_targets: bool = False
    webhook_delays: str = ""
    models: tuple[str, ...] = MODELS
    model_region: str = ""
    redirects: tuple[str, ...] = ()
    sockets_path: str = ""

    @property
    def stack_name(self) -> str:
        return f"watchbill-{self.name}"

    @property
    def credentials_path(self) -> str:
        """Where the Parameter Store holds what other platforms know this deployment by."""
        return f"/{self.stack_name}/social"


DEVELOPMENT = Stage(
    name="development",
    run_retention_days=30,
    log_retention_days=7,
    burst_limit=200,
    rate_limit=100,
    cors_origins=("http://localhost:3000", "http://localhost:3001"),
    keep_data=False,
    log_level="INFO",
)
STAGING = Stage(
    name="staging",
    run_retention_days=60,
    log_retention_days=30,
    burst_limit=500,
    rate_limit=250,
    cors_origins=(),
    keep_data=False,
    log_level="INFO",
)
PRODUCTION = Stage(
    name="production",
    run_retention_days=90,
    log_retention_days=90,
    burst_limit=2000,
    rate_limit=1000,
    cors_origins=(),
    keep_data=True,
    log_level="INFO",
)
STAGES = {stage.name: stage for stage in (DEVELOPMENT, STAGING, PRODUCTION)}


def stage_named(name: str) -> Stage:
    """Return the stage called `name`; raise `UnknownStageError` when there is none."""
    try:
        return STAGES[name]
    except KeyError:
        raise UnknownStageError(name) from None


def on_this_machine(stage: Stage) -> Stage:
    """Return the stage as the local stack has it: webhooks and sockets lead to this machine; webhooks retry soon."""
    return replace(
        stage,
        alert_sender="watchbill@example.com",
        private_targets=True,
        webhook_delays="0,1,2,5,10",
        redirects=("http://localhost:9999/api/social/auth/{platform}/callback",),
        sockets_path="/_aws/execute-api/",
    )
