"""Having agents run for campaigns: which campaign, one run at a time, waiting for what comes of it, and stopping.

A run is a task like every other. What it needs besides, the campaign it is for and its place in the agent's lock, is
written with it or not at all.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from decimal import Decimal

from watchbill.campaigns import rules
from watchbill.campaigns.executions import (
    AgentAnswer,
    AgentState,
    AlreadyRunning,
    CampaignsAnswer,
    RunAnswer,
    RunWish,
    StopAnswer,
    Stopped,
    TokenUsage,
    answer_of,
    status_of,
)
from watchbill.campaigns.locking import Full, Room, room
from watchbill.campaigns.locks import Lock, LockStore
from watchbill.campaigns.models import Campaign
from watchbill.campaigns.rules import NotAllowed
from watchbill.campaigns.store import CampaignStore
from watchbill.execution import leasing
from watchbill.execution import rules as tasks
from watchbill.execution.models import Metrics, NewTask, Origin, Task
from watchbill.execution.service import TaskService
from watchbill.execution.store import StoredTask, TaskStore
from watchbill.platform import clock, ids
from watchbill.platform.errors import Conflict, NotFound, Unprocessable
from watchbill.platform.lists import Cursors, first_page
from watchbill.platform.table import AlreadyExists, Changed
from watchbill.platform.wire import PageQuery
from watchbill.platform.writes import Write
from watchbill.registry.models import Agent, AgentSettings
from watchbill.registry.service import RegistryService
from watchbill.runs.models import Tokens, Trigger

Price = Callable[[Tokens, str, datetime], Decimal | None]
"""What tokens of a model cost at a time, in USD; None where that is not known."""
_TRIES = 40
"""Of those who begin runs of one agent at once, one is done in each try."""
_FIRST_LOOK, _LAST_LOOK = 0.05, 0.5
_NEWEST = 10
_TASK_TYPE = "campaign"


class CampaignRunner:
    """One organisation's agents, as they run for campaigns."""

    def __init__(
        self,
        locks: LockStore,
        campaigns: CampaignStore,
        task_store: TaskStore,
        task_service: TaskService,
        registry: RegistryService,
        price: Price,
        cursors: Cursors,
        pause: Callable[[float], None] = clock.pause,
    ) -> None:
        self._locks = locks
        self._campaigns = campaigns
        self._task_store = task_store
        self._tasks = task_service
        self._registry = registry
        self._price = price
        self._cursors = cursors
        self._pause = pause

    def run(self, reference: str, wish: RunWish, wait: float) -> RunAnswer:
        """Have an agent run, and wait so many seconds for it to end.

        Raises NotFound, Unprocessable for an agent or a campaign that is not to run, AlreadyRunning.
        """
        agent = self._registry.agent(reference)
        settings = self._registry.settings(agent.id)
        if not settings.is_active:
            raise Unprocessable(f"agent {agent.name!r} is not active")
        return answer_of(self._ended(self._begun(agent, settings, wish), wait))

    def stop(self, reference: str) -> StopAnswer:
        """Call an agent's runs off, and pause it. Raises NotFound."""
        agent = self._registry.agent(reference)
        for _ in range(_TRIES):
            lock = self._locks.lock(agent.id)
            running = [stored for stored in self._holders(lock).values() if not stored.task.status.ended]
            now = clock.now()
            moves = [(stored, tasks.stopped(stored.task, now)) for stored in running]
            try:
                self._locks.change(lock, (), [*self._replacing(moves), *self._registry.pausing(agent.id, True)])
            except Changed:
                continue
            for _, task in moves:
                self._tasks.record(task)
            return StopAnswer(
                data=Stopped(**dict(self._state(agent)), stopped=tuple(stored.task.id for stored in running))
            )
        raise Conflict("the agent's runs are being changed by others all the time; try again")

    def agent(self, reference: str) -> AgentAnswer:
        """How an agent is. Raises NotFound."""
        return AgentAnswer(data=self._state(self._registry.agent(reference)))

    def campaigns(self, reference: str, query: PageQuery) -> CampaignsAnswer:
        """The campaigns that an agent is linked to, the one changed last first. Raises NotFound, BadRequest."""
        agent, now = self._registry.agent(reference), clock.now()
        name = f"campaigns of {agent.id}"
        position = self._cursors.open(query.cursor, name)
        behind = (position["updated"], position["id"]) if position else None
        found = (stored.campaign for stored in self._campaigns.of_agent(agent.id, behind))
        shown, more = first_page(((rules.shown(one, now), _place_of(one)) for one in found), query.limit)
        return CampaignsAnswer(count=len(shown), data=tuple(shown), next_cursor=self._cursors.close(more, name))

    def _begun(self, agent: Agent, settings: AgentSettings, wish: RunWish) -> Task:
        stated = self._stated(wish.token_usage, clock.now())
        for _ in range(_TRIES):
            now, lock = clock.now(), self._locks.lock(agent.id)
            found = self._holders(lock)
            decided = room([stored.task for stored in found.values()], settings.concurrency, now)
            if isinstance(decided, Full):
                raise AlreadyRunning(decided.reason)
            campaign, writes = self._campaign(agent, settings, wish, now)
            task = self._tasks.drafted(*_wish_of(agent, settings, wish, campaign, stated))
            writes += self._making_room(found, decided, now)
            writes += [*self._task_store.creation(task), *self._registry.pausing(agent.id, False)]
            try:
                self._locks.change(lock, (*(one.id for one in decided.holders), task.id), writes)
            except (Changed, AlreadyExists):
                continue
            self._tasks.announce(task)
            return task
        raise Conflict("runs of this agent are begun by too many at once; try again")

    def _campaign(
        self, agent: Agent, settings: AgentSettings, wish: RunWish, now: datetime
    ) -> tuple[Campaign, list[Write]]:
        """The campaign that a run is for, and what has to be written for it to be that."""
        if wish.campaign is not None:
            return self._given(wish.campaign, agent, now)
        own = rules.preferred((stored.campaign for stored in self._campaigns.of_agent(agent.id)), now)
        if own is not None:
            return own, [self._campaigns.presence(own.id)]
        made = rules.automatic(agent.name, agent.type or settings.agent_type, agent.id, ids.new_id(), now)
        return made, self._campaigns.creation(made)

    def _given(self, campaign_id: str, agent: Agent, now: datetime) -> tuple[Campaign, list[Write]]:
        stored = self._campaigns.campaign(campaign_id)
        if stored is None:
            raise NotFound(f"there is no campaign {campaign_id!r}")
        try:
            after = rules.linked(stored.campaign, agent.id, now)
        except NotAllowed as error:
            raise Unprocessable(f"the agent cannot be linked to the campaign: {error}") from error
        if after is stored.campaign:
            return after, [self._campaigns.presence(campaign_id)]
        return after, self._campaigns.replacement(stored, after)

    def _making_room(self, found: Mapping[str, StoredTask], decided: Room, now: datetime) -> list[Write]:
        return self._replacing(
            (found[task.id], tasks.abandoned(task, now, leasing.lapse_of(task, now))) for task in decided.lost
        )

    def _replacing(self, moves: Iterable[tuple[StoredTask, Task]]) -> list[Write]:
        return [write for before, after in moves for write in self._task_store.replacement(before, after)]

    def _holders(self, lock: Lock) -> dict[str, StoredTask]:
        """The tasks that a lock names, by id, in its order."""
        found = self._task_store.tasks(lock.tasks)
        return {task_id: found[task_id] for task_id in lock.tasks if task_id in found}

    def _stated(self, usage: TokenUsage | None, now: datetime) -> Metrics | None:
        if usage is None:
            return None
        tokens = Tokens(**usage.model_dump(exclude={"model"}, exclude_unset=True))
        if usage.model is None:
            return Metrics(tokens=tokens)
        cost = self._price(tokens, usage.model, now)
        known = {} if cost is None else {"cost": cost}
        return Metrics(tokens=tokens, models=(usage.model,), **known)

    def _ended(self, task: Task, wait: float) -> Task:
        """The task when it has ended, or as it is when the wait is over."""
        until, look = clock.ticks() + wait, _FIRST_LOOK
        while not task.status.ended and (left := until - clock.ticks()) > 0:
            self._pause(min(look, left))
            task, look = self._tasks.task(task.id), min(_LAST_LOOK, look * 1.5)
        return task

    def _state(self, agent: Agent) -> AgentState:
        newest = tuple(self._tasks.newest(_NEWEST, agent.id))
        return AgentState(
            agent_id=agent.id,
            name=agent.name,
            type=agent.type,
            status=status_of(newest, self._registry.settings(agent.id).is_paused),
            last_run_at=max((task.started_at for task in newest if task.started_at), default=None),
            executions=tuple(task.id for task in newest if task.status.in_flight or task.waits),
        )


def _place_of(campaign: Campaign) -> dict[str, str]:
    return {"updated": clock.to_text(campaign.updated_at), "id": campaign.id}


def _wish_of(
    agent: Agent, settings: AgentSettings, wish: RunWish, campaign: Campaign, stated: Metrics | None
) -> tuple[NewTask, Origin]:
    # A run is a session of its own, under its own id.
    task_id = ids.new_id()
    task_type = settings.agent_type or agent.type or _TASK_TYPE
    wanted = NewTask(agent_id=agent.id, task_type=task_type, payload=wish.payload, session_id=task_id)
    return wanted, Origin(trigger=Trigger.API, campaign_id=campaign.id, task_id=task_id, stated=stated)
