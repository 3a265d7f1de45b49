"""What the built-in agents share: how they are configured, and the streams and companies that they work on."""

from collections.abc import Iterable
from datetime import timedelta

from pydantic import ValidationError

from watchbill.agents.qualities import known_of
from watchbill.companies.models import Description
from watchbill.companies.service import CompanyService
from watchbill.execution.worker import NotRunnable
from watchbill.platform.errors import faults_of
from watchbill.registry.models import AgentSettings
from watchbill.streams.models import Item
from watchbill.streams.service import StreamService


class BuiltinAgent:
    """An agent that works on an organisation's streams and companies."""

    def __init__(self, settings: AgentSettings, streams: StreamService, companies: CompanyService) -> None:
        self._settings = settings
        self._streams = streams
        self._companies = companies

    @property
    def timeout(self) -> timedelta:
        """How long an attempt may take."""
        return timedelta(seconds=self._settings.timeout)

    def _known(self, items: Iterable[Item]) -> dict[str, Description]:
        """What is known of items' companies, by the items: as the directory says, or else the item itself."""
        there = list(items)
        companies = self._companies.companies_of({item.company_id for item in there if item.company_id})
        return {item.id: companies.get(item.company_id or "") or known_of(item) for item in there}


def not_runnable(error: ValidationError, where: str = "") -> NotRunnable:
    """What cannot be read of a configuration or a payload, as the reason that a task cannot be done."""
    fault = faults_of(error.errors(), where)[0]
    return NotRunnable(f"{fault.path}: {fault.message}" if fault.path else fault.message)
