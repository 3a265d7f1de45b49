"""Agents and versions, as stored and as shown."""

from typing import Annotated

from pydantic import Field

from watchbill.platform.wire import Label, Model, Moment, Name

UNVERSIONED = "unversioned"
_Names = Annotated[tuple[Label, ...], Field(max_length=100)]


class Registration(Model):
    """What registering an agent says about it. `name` may be left to the address."""

    name: Annotated[str, Field(max_length=200)] = ""
    project: Label
    type: Label | None = None


class AgentChange(Model):
    """What may be changed of an agent; what is absent stays."""

    project: Label | None = None
    type: Label | None = None


class Agent(Model):
    """Something that does work. `id` is derived from its organisation and name: 24 hex digits."""

    id: str
    name: Name
    project: str
    type: str | None = None
    created_at: Moment
    updated_at: Moment


class NewVersion(Model):
    """A version as it is announced."""

    version: Name
    cluster: Label | None = None
    tools: _Names = ()
    models: _Names = ()
    deployment: Label | None = None


class Version(NewVersion):
    """A version of an agent."""

    agent_id: str
    created_at: Moment
