"""Agents and versions that are met first in a trace: registered under the names that their spans give them."""

from contextlib import suppress

from watchbill.platform.errors import Conflict
from watchbill.registry import rules
from watchbill.registry.models import UNVERSIONED, NewVersion, Registration
from watchbill.registry.service import RegistryService
from watchbill.runs.models import Place
from watchbill.telemetry.recording import Names


class Registrar:
    """One organisation's agents and versions, as its spans name them."""

    def __init__(self, organisation: str, registry: RegistryService) -> None:
        self._organisation = organisation
        self._registry = registry
        self._places: dict[Names, Place] = {}

    def place(self, names: Names) -> Place:
        """Where a run of that agent and version belongs; both are registered if they are not."""
        # Agents and versions are never removed: once in a process is enough.
        if names not in self._places:
            self._places[names] = self._registered(names)
        return self._places[names]

    def _registered(self, names: Names) -> Place:
        place = Place(rules.agent_id(self._organisation, names.agent), names.version)
        # Conflicts are with those that are there already, whatever project somebody gave them.
        with suppress(Conflict):
            self._registry.register(names.agent, Registration(project=rules.UNCLAIMED))
        if names.version != UNVERSIONED:
            with suppress(Conflict):
                self._registry.add_version(place.agent_id, NewVersion(version=names.version))
        return place
