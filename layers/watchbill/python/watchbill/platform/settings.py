"""The settings of this deployment. The only reader of the environment; infra writes what is read here."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

TABLE_NAME = "WATCHBILL_TABLE_NAME"
BUS_NAME = "WATCHBILL_BUS_NAME"
STAGE = "WATCHBILL_STAGE"
RETENTION_DAYS = "WATCHBILL_RETENTION_DAYS"
LOG_STREAM = "WATCHBILL_LOG_STREAM"
QUEUE_URL = "WATCHBILL_QUEUE_"
"""What the names of the queues' variables begin with; the queue's name in capitals follows."""
ALERT_TOPIC_ARN = "WATCHBILL_ALERT_TOPIC_ARN"
ALERT_SENDER = "WATCHBILL_ALERT_SENDER"
WEBHOOK_DELAYS = "WATCHBILL_WEBHOOK_DELAYS"
PRIVATE_TARGETS = "WATCHBILL_PRIVATE_TARGETS"
COMPANIES_HOUSE_URL = "WATCHBILL_COMPANIES_HOUSE_URL"
MODELS = "WATCHBILL_MODELS"
MODEL_REGION = "WATCHBILL_MODEL_REGION"
SCHEDULE_GROUP = "WATCHBILL_SCHEDULE_GROUP"
SCHEDULE_ROLE_ARN = "WATCHBILL_SCHEDULE_ROLE_ARN"
FIRINGS_ARN = "WATCHBILL_SCHEDULE_FIRINGS_ARN"
FIRINGS_DEAD_LETTERS_ARN = "WATCHBILL_SCHEDULE_DEAD_LETTERS_ARN"
FILES_BUCKET = "WATCHBILL_FILES_BUCKET"
LIVE_URL = "WATCHBILL_LIVE_URL"
SOCKETS_URL = "WATCHBILL_SOCKETS_URL"
SEALING_KEY = "WATCHBILL_SEALING_KEY"
CREDENTIALS_PATH = "WATCHBILL_CREDENTIALS_PATH"
REDIRECTS = "WATCHBILL_REDIRECTS"
_EMULATOR_URL = "AWS_ENDPOINT_URL"

PUBLIC_COMPANIES_HOUSE = "https://api.company-information.service.gov.uk"
STANDARD_WEBHOOK_DELAYS = "0,5,300,1800,7200,18000,36000,50400,72000,86400"
"""Seconds before each attempt, as the Standard Webhooks specification proposes: three days in all."""


class MissingSetting(RuntimeError):
    """A setting this function needs is not in its environment; the message names it."""

    def __init__(self, name: str) -> None:
        super().__init__(f"the environment variable {name} is not set")


@dataclass(frozen=True, slots=True)
class Settings:
    """What differs between deployments.

    `retention_days` is how long a run record is kept after its event, unless the organisation or the agent says
    otherwise; rollups stay longer. `log_stream` is `stderr` or `stdout`: CloudWatch reads both, the local emulator
    answers sooner for stderr. `alert_sender` is the address e-mails come from, "" where none are sent.
    `webhook_delays` are the seconds before each attempt to deliver a message. `private_targets` allows calls to
    addresses of private networks, which only the local stack may make. `models` are the language models that agents may
    ask, the first unless an agent names another, and `model_region` is where, "" for the function's own region.
    `schedule_group` is the group of EventBridge Scheduler that holds the agents' schedules; what comes of them goes to
    `firings_arn` as `schedule_role_arn`, and to `firings_dead_letters_arn` when it cannot be delivered.
    `files_bucket` is where the files lie that users fetch. `live_url` is where users open sockets, "" for the host at
    which they ask, and `sockets_url` where what goes through those is sent to. `sealing_key` is the key of KMS that the
    tokens of connected accounts are encrypted with, `credentials_path` where the Parameter Store holds what other
    platforms know us by, and `redirects` are where any organisation may have people sent back to from a platform.
    """

    table_name: str
    bus_name: str
    stage: str
    retention_days: int
    log_stream: str
    queue_urls: Mapping[str, str]
    alert_topic_arn: str
    alert_sender: str
    webhook_delays: tuple[float, ...]
    private_targets: bool
    companies_house_url: str
    models: tuple[str, ...]
    model_region: str
    schedule_group: str
    schedule_role_arn: str
    firings_arn: str
    firings_dead_letters_arn: str
    files_bucket: str
    live_url: str
    sockets_url: str
    sealing_key: str
    credentials_path: str
    redirects: tuple[str, ...]

    def queue_url(self, name: str) -> str:
        """Where messages for a queue are sent. Raises MissingSetting for a function that has no part in it."""
        try:
            return self.queue_urls[name]
        except KeyError:
            raise MissingSetting(QUEUE_URL + name.upper()) from None


@cache
def settings() -> Settings:
    """The settings, read once per process. Raises MissingSetting."""
    return Settings(
        table_name=_required(TABLE_NAME),
        bus_name=os.environ.get(BUS_NAME, "default"),
        stage=os.environ.get(STAGE, "development"),
        retention_days=int(os.environ.get(RETENTION_DAYS, "30")),
        log_stream=os.environ.get(LOG_STREAM, "stderr"),
        queue_urls=_by_queue(os.environ),
        alert_topic_arn=os.environ.get(ALERT_TOPIC_ARN, ""),
        alert_sender=os.environ.get(ALERT_SENDER, ""),
        webhook_delays=tuple(map(float, os.environ.get(WEBHOOK_DELAYS, STANDARD_WEBHOOK_DELAYS).split(","))),
        private_targets=os.environ.get(PRIVATE_TARGETS) == "true",
        companies_house_url=os.environ.get(COMPANIES_HOUSE_URL, PUBLIC_COMPANIES_HOUSE),
        models=tuple(filter(None, os.environ.get(MODELS, "").split(","))),
        model_region=os.environ.get(MODEL_REGION, ""),
        schedule_group=os.environ.get(SCHEDULE_GROUP, ""),
        schedule_role_arn=os.environ.get(SCHEDULE_ROLE_ARN, ""),
        firings_arn=os.environ.get(FIRINGS_ARN, ""),
        firings_dead_letters_arn=os.environ.get(FIRINGS_DEAD_LETTERS_ARN, ""),
        files_bucket=os.environ.get(FILES_BUCKET, ""),
        live_url=os.environ.get(LIVE_URL, ""),
        sockets_url=_absolute(os.environ.get(SOCKETS_URL, "")),
        sealing_key=os.environ.get(SEALING_KEY, ""),
        credentials_path=os.environ.get(CREDENTIALS_PATH, ""),
        redirects=tuple(filter(None, os.environ.get(REDIRECTS, "").split(","))),
    )


def _absolute(url: str) -> str:
    # On this machine a path only: which port the emulator is at is known when it runs, not when it is deployed to.
    return os.environ.get(_EMULATOR_URL, "") + url if url.startswith("/") else url


def _by_queue(environment: Mapping[str, str]) -> dict[str, str]:
    urls = ((name.removeprefix(QUEUE_URL), url) for name, url in environment.items() if name.startswith(QUEUE_URL))
    return {name.lower(): url for name, url in urls}


def _required(name: str) -> str:
    value = os.environ.get(name)
    if not value:
        raise MissingSetting(name)
    return value
