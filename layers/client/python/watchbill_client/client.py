"""The client: one object per deployment and API key, with the API's resources as attributes."""

from types import TracebackType
from typing import Self

import httpx

from watchbill_client.connection import Connection
from watchbill_client.resources.agents import Agents
from watchbill_client.resources.alerts import Alerts
from watchbill_client.resources.audit import Audit
from watchbill_client.resources.budgets import Budgets
from watchbill_client.resources.campaigns import Campaigns
from watchbill_client.resources.chat import Chat, Sessions
from watchbill_client.resources.exports import Exports
from watchbill_client.resources.keys import Keys
from watchbill_client.resources.metrics import CustomMetrics
from watchbill_client.resources.organisation import OrganisationResource
from watchbill_client.resources.performance import Performance
from watchbill_client.resources.prices import Prices
from watchbill_client.resources.realtime import Realtime
from watchbill_client.resources.rebuild import RebuildResource
from watchbill_client.resources.runs import Runs
from watchbill_client.resources.tasks import Tasks
from watchbill_client.resources.traces import Traces
from watchbill_client.resources.ui import Ui
from watchbill_client.resources.versions import Versions
from watchbill_client.retries import Retries
from watchbill_client.settings import resolve

DEFAULT_TIMEOUT_S = 30.0


class Watchbill:
    """A client of one deployment.

        with Watchbill() as watchbill:
            watchbill.agents.register("scout", project="research")
            watchbill.versions.add("scout", "1.0.0", models=["nova-lite"])
            watchbill.runs.add("scout", "1.0.0", NewRun(status="completed", duration_ms=5_300, cost=Decimal("0.02")))

    `url` and `api_key` fall back to WATCHBILL_URL and WATCHBILL_API_KEY, then to http://localhost:9999 without a key,
    where `make up` serves and adds the local key itself. `timeout` is seconds for each try of a request; `transport`
    replaces httpx's own. Safe to share between threads.

    Raises:
        ConfigurationError: the URL or the key cannot be used as given.
    """

    def __init__(
        self,
        url: str | None = None,
        api_key: str | None = None,
        timeout: float = DEFAULT_TIMEOUT_S,
        transport: httpx.BaseTransport | None = None,
        retries: Retries = Retries(),  # noqa: B008  # frozen, so one for all will do
    ) -> None:
        self._connection = Connection(resolve(url, api_key), timeout, retries, transport)
        self.agents = Agents(self._connection)
        self.versions = Versions(self._connection)
        self.runs = Runs(self._connection)
        self.traces = Traces(self._connection)
        self.tasks = Tasks(self._connection)
        self.chat = Chat(self._connection)
        self.sessions = Sessions(self._connection)
        self.budgets = Budgets(self._connection)
        self.prices = Prices(self._connection)
        self.campaigns = Campaigns(self._connection)
        self.metrics = CustomMetrics(self._connection)
        self.exports = Exports(self._connection)
        self.keys = Keys(self._connection)
        self.alerts = Alerts(self._connection)
        self.audit = Audit(self._connection)
        self.organisation = OrganisationResource(self._connection)
        self.realtime = Realtime(self._connection)
        self.rebuild = RebuildResource(self._connection)
        self.ui = Ui(self._connection)
        self.performance = Performance(self._connection)

    @property
    def url(self) -> str:
        """The deployment's base URL."""
        return self._connection.url

    def close(self) -> None:
        """Close the pooled connections."""
        self._connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()
