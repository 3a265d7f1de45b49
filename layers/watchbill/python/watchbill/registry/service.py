"""Registering agents and versions, and finding them again by id or by name."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from watchbill.identity.models import OrganisationId
from watchbill.platform import clock, signing
from watchbill.platform.errors import BadRequest, Conflict, Fault, NotFound, Unprocessable
from watchbill.platform.lists import Cursors, Page, first_page
from watchbill.platform.sealed_signing import SigningKeeper
from watchbill.platform.signing import Rotation
from watchbill.platform.table import AlreadyExists, Changed
from watchbill.platform.writes import Write
from watchbill.registry import rules
from watchbill.registry.models import (
    Agent,
    AgentChange,
    AgentDetail,
    AgentSettings,
    ChangedAgent,
    HttpRuntime,
    IssuedSecret,
    NewVersion,
    Registration,
    Version,
)
from watchbill.registry.store import RegistryStore, StoredSettings

if TYPE_CHECKING:
    from watchbill.platform.outgoing import Outgoing


def _public() -> "Outgoing":
    from watchbill.platform.outgoing import Outgoing

    return Outgoing()


class RegistryService:
    """One organisation's agents and versions."""

    def __init__(
        self,
        organisation: OrganisationId,
        store: RegistryStore,
        cursors: Cursors,
        signings: SigningKeeper,
        outgoing: Callable[[], "Outgoing"] = _public,
    ) -> None:
        self._organisation = organisation
        self._store = store
        self._cursors = cursors
        self._signings = signings
        self._outgoing = outgoing

    def register(self, name: str, registration: Registration) -> tuple[Agent, bool]:
        """The agent of that name, and whether it is new.

        Raises BadRequest for a reserved name or one that differs from the body's, Conflict when the name is taken by
        an agent of another project.
        """
        if registration.name not in ("", name):
            raise BadRequest(f"the address names {name!r}, the body {registration.name!r}")
        if name in rules.RESERVED_NAMES:
            raise BadRequest(f"{name!r} is reserved: it is part of other addresses")
        now = clock.now()
        agent = Agent(
            id=rules.agent_id(self._organisation, name),
            name=name,
            project=registration.project,
            type=registration.type,
            created_at=now,
            updated_at=now,
        )
        try:
            self._store.create_agent(agent)
        except AlreadyExists:
            return self._same(self.agent(name), registration, now), False
        return agent, True

    def agents(self, limit: int, cursor: str | None) -> Page[Agent]:
        """Agents by name."""
        after = self._cursors.open(cursor, "agents").get("name")
        found = ((agent, {"name": agent.name}) for agent in self._store.agents_by_name(after, page_size=limit + 2))
        shown, more = first_page(found, limit)
        return Page(shown, self._cursors.close(more, "agents"))

    def agent(self, reference: str) -> Agent:
        """The agent of that id or name. Raises NotFound."""
        candidates = rules.candidate_ids(self._organisation, reference)
        found = self._store.agents(*candidates)
        for candidate in candidates:
            if candidate in found:
                return found[candidate]
        raise NotFound(f"there is no agent {reference!r}")

    def agents_of(self, ids: set[str]) -> dict[str, Agent]:
        """Those of the agents that exist, by id."""
        return self._store.agents(*ids)

    def agents_named(self, references: Iterable[str]) -> dict[str, Agent]:
        """Those of the agents that exist, by the ids or names that they are asked for by."""
        candidates = {reference: rules.candidate_ids(self._organisation, reference) for reference in references}
        found = self._store.agents(*(one for ids in candidates.values() for one in ids))
        named = {reference: [found[one] for one in ids if one in found] for reference, ids in candidates.items()}
        return {reference: agents[0] for reference, agents in named.items() if agents}

    def detail(self, reference: str) -> AgentDetail:
        """An agent and how it is run. Raises NotFound."""
        agent = self.agent(reference)
        return _detail(agent, self._store.settings(agent.id).settings)

    def settings(self, agent_id: str) -> AgentSettings:
        """How an agent is run."""
        return self._store.settings(agent_id).settings

    def settings_of(self, agent_ids: Iterable[str]) -> dict[str, AgentSettings]:
        """How agents are run, by their ids."""
        wanted = set(agent_ids)
        return dict.fromkeys(wanted, AgentSettings()) | self._store.settings_of(wanted)

    def scheduled(self) -> list[str]:
        """The ids of the agents that have a schedule, active or not."""
        return [agent_id for agent_id, settings in self._store.all_settings() if settings.schedule_cron]

    def run_by(self, agent_id: str) -> StoredSettings:
        """How an agent is run, and what requests to it are signed with, as it is kept."""
        return self._store.settings(agent_id)

    def change(self, reference: str, change: AgentChange) -> ChangedAgent:
        """Set what the change names. An agent that becomes an endpoint gets a secret, unless it has one.

        Raises NotFound, BadRequest when it names nothing, Unprocessable when it does not go together or the endpoint
        may not be called, Conflict.
        """
        given: dict[str, Any] = change.model_dump(exclude_unset=True)
        described = {name: given.pop(name) for name in list(given) if name in Agent.model_fields}
        described = {name: value for name, value in described.items() if value is not None}
        if not described and not given:
            raise BadRequest("nothing to change: give project or type, or how the agent is run")
        agent = self.agent(reference).model_copy(update={**described, "updated_at": clock.now()})
        there = self._store.settings(agent.id)
        if "configuration" in given:
            given["configuration"] = rules.unmasked(given["configuration"], there.settings.configuration)
        settings = AgentSettings.model_validate({**there.settings.model_dump(), **given})
        if objection := rules.objection(settings, given.keys(), clock.now()):
            raise Unprocessable(objection)
        if isinstance(settings.runtime, HttpRuntime) and settings.runtime != there.settings.runtime:
            self._check_endpoint(settings.runtime.url)
        secret = signing.new_secret() if _lacks_secret(settings, there) else None
        signings = self._signings
        signed_by = signings.kept(agent.id, secret) if secret else signings.sealed(agent.id, there.signing)
        self._replace(agent, replace(there, settings=settings, signing=signed_by) if given else None)
        return ChangedAgent(**_detail(agent, settings).model_dump(), secret=secret)

    def rotate_secret(self, reference: str, wish: Rotation) -> IssuedSecret:
        """A new secret for the requests to an agent's endpoint, shown here only. Raises NotFound, Conflict."""
        now, secret = clock.now(), signing.new_secret()
        agent = self.agent(reference)
        there = self._store.settings(agent.id)
        signed_by = self._signings.rotated(agent.id, there.signing, secret, wish.overlap_hours, now)
        self._replace(agent.model_copy(update={"updated_at": now}), replace(there, signing=signed_by))
        return IssuedSecret(agent_id=agent.id, secret=secret)

    def add_version(self, reference: str, new: NewVersion) -> Version:
        """A new version of an agent. Raises NotFound, Conflict when the agent has that version."""
        agent = self.agent(reference)
        version = Version(agent_id=agent.id, created_at=clock.now(), **new.model_dump())
        try:
            self._store.create_version(version)
        except AlreadyExists as error:
            raise Conflict(f"agent {agent.name!r} has a version {new.version!r} already") from error
        return version

    def versions(self, reference: str, limit: int, cursor: str | None) -> Page[Version]:
        """An agent's versions, newest first."""
        agent = self.agent(reference)
        query = f"versions {agent.id}"
        ordered = rules.newest_first(self._store.versions(agent.id))
        after = self._cursors.open(cursor, query).get("version")
        names = [version.version for version in ordered]
        start = names.index(after) + 1 if after in names else 0
        found = ((version, {"version": version.version}) for version in ordered[start:])
        shown, more = first_page(found, limit)
        return Page(shown, self._cursors.close(more, query))

    def version_names(self, agent_id: str) -> list[str]:
        """The names of an agent's versions, in no order."""
        return [version.version for version in self._store.versions(agent_id)]

    def version(self, reference: str, version: str) -> Version:
        """One version of an agent. Raises NotFound."""
        agent = self.agent(reference)
        found = self._store.version(agent.id, version)
        if found is None:
            raise NotFound(f"agent {agent.name!r} has no version {version!r}")
        return found

    def all_versions(self) -> list[Version]:
        """Every version of every agent."""
        return list(self._store.versions())

    def all_agents(self) -> list[Agent]:
        """Every agent, by name."""
        return list(self._store.agents_by_name())

    def pausing(self, agent_id: str, paused: bool) -> list[Write]:
        """What pauses an agent or resumes it, for a transaction; nothing where it is so already."""
        there = self._store.settings(agent_id)
        if there.settings.is_paused is paused:
            return []
        settings = there.settings.model_copy(update={"is_paused": paused})
        return [self._store.change_of_settings(agent_id, replace(there, settings=settings))]

    def _replace(self, agent: Agent, settings: StoredSettings | None) -> None:
        try:
            self._store.replace_agent(agent, settings)
        except Changed as error:
            raise Conflict("the agent is being changed by another request; try again") from error

    def _check_endpoint(self, url: str) -> None:
        from watchbill.platform.calls import NoAnswer, Refused

        try:
            self._outgoing().check(url)
        except (Refused, NoAnswer) as error:
            raise Unprocessable(str(error), errors=[Fault("runtime.url", str(error))]) from error

    def _same(self, agent: Agent, registration: Registration, now: datetime) -> Agent:
        if agent.project == rules.UNCLAIMED != registration.project:
            claimed = {"project": registration.project, "type": registration.type, "updated_at": now}
            agent = agent.model_copy(update=claimed)
            self._replace(agent, None)
        if agent.project != registration.project:
            raise Conflict(f"the name {agent.name!r} is taken by an agent of project {agent.project!r}")
        return agent


def _lacks_secret(settings: AgentSettings, there: StoredSettings) -> bool:
    return isinstance(settings.runtime, HttpRuntime) and there.signing is None


def _detail(agent: Agent, settings: AgentSettings) -> AgentDetail:
    shown = settings.model_copy(update={"configuration": rules.masked(settings.configuration)})
    return AgentDetail(**agent.model_dump(), **shown.model_dump(), next_run_at=settings.next_run(clock.now()))
