"""Agents and versions in the table: one small partition per organisation, written only when something is registered."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from watchbill.platform import clock, keys
from watchbill.platform.items import REVISION
from watchbill.platform.keys import Key
from watchbill.platform.sealed_signing import SealedSigning, from_item, to_item
from watchbill.platform.table import Item, Table
from watchbill.platform.writes import PutOver, Replace, Write
from watchbill.registry.models import Agent, AgentSettings, Version


@dataclass(frozen=True, slots=True)
class StoredSettings:
    """How an agent is run, as it was read, and what requests to it are signed with, as it is kept."""

    settings: AgentSettings
    revision: int
    signing: SealedSigning | None = None


class RegistryStore:
    """One organisation's agents and versions."""

    def __init__(self, table: Table) -> None:
        self._table = table
        self._organisation = table.organisation
        self._partition = keys.AGENT.partition(table.organisation)

    def agents(self, *ids: str) -> dict[str, Agent]:
        """Those of the agents that exist, by id."""
        found = self._table.get_many(keys.AGENT(self._organisation, agent_id) for agent_id in ids)
        return {agent.id: agent for agent in (_to_agent(item) for item in found.values())}

    def agents_by_name(self, after: str | None = None, page_size: int | None = None) -> Iterator[Agent]:
        """Agents in the order of their names, behind the name `after`."""
        prefix = keys.AGENT_NAME.prefix()
        start = keys.AGENT_NAME(self._organisation, after).sk if after else prefix
        for stored in self._table.query(self._partition, between=(start, keys.AGENT_NAME.last()), page_size=page_size):
            if stored.key.sk != start:
                yield _to_agent(stored.item)

    def create_agent(self, agent: Agent) -> None:
        """Store a new agent. Raises AlreadyExists."""
        self._table.create_together(self._places(agent))

    def change_of_settings(self, agent_id: str, settings: StoredSettings) -> Write:
        """What stores an agent's settings over those that were read, for a transaction that does more."""
        return Replace(self._settings_key(agent_id), _from_settings(settings), settings.revision)

    def replace_agent(self, agent: Agent, settings: StoredSettings | None = None) -> None:
        """Store an agent that exists, and over the settings that were read those it has now. Raises Changed."""
        writes: list[Write] = [PutOver(key, item) for key, item in self._places(agent).items()]
        if settings:
            writes.append(self.change_of_settings(agent.id, settings))
        self._table.transact(writes)

    def settings(self, agent_id: str) -> StoredSettings:
        """How an agent is run."""
        return _to_settings(self._table.get(self._settings_key(agent_id)) or {})

    def settings_of(self, agent_ids: Iterable[str]) -> dict[str, AgentSettings]:
        """How those of the agents are run that have settings of their own."""
        keyed = {self._settings_key(agent_id): agent_id for agent_id in agent_ids}
        return {keyed[key]: _to_settings(item).settings for key, item in self._table.get_many(keyed).items()}

    def all_settings(self) -> Iterator[tuple[str, AgentSettings]]:
        """How agents are run that have settings of their own, with their ids."""
        for stored in self._table.query(self._partition, prefix=keys.AGENT_SETTINGS.prefix()):
            values = keys.AGENT_SETTINGS.parse(stored.key) or {}
            yield values["agent"], _to_settings(stored.item).settings

    def version(self, agent_id: str, version: str) -> Version | None:
        """One version, or None."""
        item = self._table.get(keys.VERSION(self._organisation, agent_id, version))
        return _to_version(item) if item else None

    def versions(self, agent_id: str | None = None) -> Iterator[Version]:
        """An agent's versions, or every agent's, in no order of meaning."""
        prefix = keys.VERSION.prefix(agent_id) if agent_id else keys.VERSION.prefix()
        for stored in self._table.query(self._partition, prefix=prefix):
            yield _to_version(stored.item)

    def create_version(self, version: Version) -> None:
        """Store a new version. Raises AlreadyExists."""
        key = keys.VERSION(self._organisation, version.agent_id, version.version)
        self._table.create(key, version.model_dump(mode="json"))

    def _settings_key(self, agent_id: str) -> Key:
        return keys.AGENT_SETTINGS(self._organisation, agent_id)

    def _places(self, agent: Agent) -> dict[Key, Item]:
        # Found by id and listed by name: twice the same small item, written together.
        item = agent.model_dump(mode="json")
        return {
            keys.AGENT(self._organisation, agent.id): item,
            keys.AGENT_NAME(self._organisation, agent.name): item,
        }


def _to_settings(item: Item) -> StoredSettings:
    settings = AgentSettings.model_validate_json(item.get("settings", "{}"))
    return StoredSettings(settings, item.get(REVISION, 0), from_item(item))


def _from_settings(stored: StoredSettings) -> Item:
    return {"settings": stored.settings.model_dump_json(exclude_defaults=True)} | to_item(stored.signing)


def _to_agent(item: Item) -> Agent:
    times = {name: clock.from_text(item[name]) for name in ("created_at", "updated_at")}
    return Agent.model_construct(**{"type": None, **item, **times})


def _to_version(item: Item) -> Version:
    stored = {"cluster": None, "deployment": None, **item}
    return Version.model_construct(
        **{
            **stored,
            "tools": tuple(item["tools"]),
            "models": tuple(item["models"]),
            "created_at": clock.from_text(item["created_at"]),
        }
    )
