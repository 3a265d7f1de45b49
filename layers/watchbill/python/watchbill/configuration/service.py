"""What holds for an organisation and its agents, and changing it."""

from datetime import timedelta
from functools import cache, partial

from watchbill.configuration import rules
from watchbill.configuration.models import (
    AgentOverrides,
    Configuration,
    Configured,
    OrganisationOverrides,
)
from watchbill.configuration.store import EVERYONE, ConfigurationStore, Stored
from watchbill.platform.errors import BadRequest, Conflict
from watchbill.platform.recent import Recent
from watchbill.platform.table import Changed


class ConfigurationService:
    """One organisation's configuration, laid over that of the stage."""

    def __init__(self, store: ConfigurationStore, of_stage: Configuration) -> None:
        self._store = store
        self._of_stage = of_stage
        # Asked of every run of a request: what holds for an agent is put together once in a minute.
        self._recent = Recent(lambda: cache(partial(self._merged, store.all())))

    def effective(self, agent_id: str | None = None) -> Configuration:
        """What holds for the organisation, or for one of its agents, as it was at most a minute ago."""
        return self._recent.value()(agent_id)

    def retention(self, agent_id: str | None) -> timedelta:
        """How long the runs of an agent are kept, or without one what belongs to no agent."""
        return timedelta(days=self.effective(agent_id).retention_days)

    def audit_retention(self) -> timedelta:
        """How long what is written into the audit log now is kept."""
        return timedelta(days=self.effective().audit_retention_days)

    def shortest_retention(self) -> timedelta:
        """The shortest time for which any run that is still to be had may have been kept."""
        ever = [stored.shortest_retention for stored in self._store.all().values() if stored.shortest_retention]
        return timedelta(days=min([self._of_stage.retention_days, *ever]))

    def configured(self, agent_id: str | None = None) -> Configured:
        """What holds now, and what of it is set for the organisation or the agent itself."""
        stored = self._store.all()
        own = stored.get(agent_id or EVERYONE, Stored()).overrides
        return Configured(**self._merged(stored, agent_id).model_dump(), overrides=OrganisationOverrides(**own))

    def change(self, change: AgentOverrides, agent_id: str | None = None) -> Configured:
        """Lay a change over what is set for the organisation or an agent.

        Raises BadRequest when it says nothing, Conflict when somebody else changes it at the same time.
        """
        if not change.model_fields_set:
            raise BadRequest("nothing to change: give enableAnomalyDetection, retentionDays or anomalyThresholds")
        subject = agent_id or EVERYONE
        there = self._store.one(subject)
        overrides = rules.patched(there.overrides, change.model_dump(mode="json", exclude_unset=True))
        kept = [days for days in (there.shortest_retention, overrides.get("retention_days")) if days]
        try:
            self._store.replace(subject, Stored(overrides, min(kept, default=None), there.revision))
        except Changed as error:
            raise Conflict("the configuration is being changed by another request; try again") from error
        self._recent.forget()
        return self.configured(agent_id)

    def _merged(self, stored: dict[str, Stored], agent_id: str | None) -> Configuration:
        subjects = (EVERYONE, agent_id) if agent_id else (EVERYONE,)
        return rules.effective(self._of_stage, *(stored[each].overrides for each in subjects if each in stored))
