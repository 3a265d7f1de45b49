"""The middle of the composition root: what has agents do things.

An area is imported when it is first asked for: a function pays at its start for what it does, not for what there is.
"""

from abc import ABC, abstractmethod
from functools import cached_property
from typing import TYPE_CHECKING

from watchbill.observing import Observing
from watchbill.platform import clock, queue
from watchbill.platform.queue import Queue

if TYPE_CHECKING:
    from watchbill.execution.dispatcher import Dispatcher
    from watchbill.execution.following import TaskFollower
    from watchbill.execution.history import ExecutionHistory
    from watchbill.execution.leases import LeaseService
    from watchbill.execution.models import Limits
    from watchbill.execution.service import TaskService
    from watchbill.execution.slots import Slots
    from watchbill.execution.store import TaskStore
    from watchbill.execution.worker import Agent as RunnableAgent
    from watchbill.execution.worker import Worker
    from watchbill.orchestrations.service import OrchestrationService
    from watchbill.registry.models import AgentSettings, BuiltinType, HttpRuntime


class Executing(Observing, ABC):
    """The use cases of one organisation that its agents are run by."""

    @cached_property
    def dispatcher(self) -> "Dispatcher":
        """What starts its tasks."""
        from watchbill.execution.dispatcher import Dispatcher

        return Dispatcher(self._task_store, self._slots, lambda messages: queue.send(Queue.TASKS, messages))

    @cached_property
    def tasks(self) -> "TaskService":
        """Its tasks."""
        from watchbill.execution.service import TaskService

        return TaskService(
            self._table.organisation,
            self._task_store,
            self.dispatcher,
            self.registry,
            self.runs,
            self._cursors,
            self._most_at_once,
            self.experiments.choose,
            self._wake,
        )

    @cached_property
    def worker(self) -> "Worker":
        """What works on its tasks."""
        from watchbill.execution.worker import Worker

        return Worker(self._task_store, self._agent_of, self._wake)

    @cached_property
    def leases(self) -> "LeaseService":
        """Its tasks, for workers that lease them."""
        from watchbill.execution.leases import LeaseService

        return LeaseService(self._task_store, self._slots, self.registry)

    @cached_property
    def task_follower(self) -> "TaskFollower":
        """Its tasks, for the stream's consumer."""
        from watchbill.execution.following import TaskFollower

        return TaskFollower(self._task_store, lambda tasks: self.tasks.join_records(tasks))

    @cached_property
    def executions(self) -> "ExecutionHistory":
        """Its executions."""
        from watchbill.execution.history import ExecutionHistory

        return ExecutionHistory(self._task_store, self.registry, self._cursors)

    @cached_property
    def orchestrations(self) -> "OrchestrationService":
        """Its agents at work together."""
        from watchbill.orchestrations.service import OrchestrationService
        from watchbill.orchestrations.store import OrchestrationStore

        return OrchestrationService(OrchestrationStore(self._table), self.tasks, self.registry, self._cursors)

    def conclude_orchestration(self, orchestration_id: str) -> None:
        """Say what came of agents that worked together, if all have ended."""
        self.orchestrations.conclude(orchestration_id)

    def _wake(self) -> None:
        queue.send_ahead(Queue.DISPATCH, [{"organisation": self._table.organisation}])

    def _limits(self) -> "Limits":
        from watchbill.execution.models import Limits

        return Limits(self._most_at_once(), budgets=self.budget_reviewer.spent())

    def _most_at_once(self) -> int:
        # As it is now, not as it was a minute ago: who has just closed a slot does not want it used.
        return self.configuration.configured().max_concurrent_tasks

    def _agent_of(self, agent_id: str) -> "RunnableAgent":
        from watchbill.execution.runtimes import agent_of

        run_by = self.registry.run_by(agent_id)

        def endpoint_of(runtime: "HttpRuntime") -> "RunnableAgent":
            from watchbill.execution.endpoints import HttpAgent
            from watchbill.execution.worker import NotRunnable

            if run_by.signing is None:
                raise NotRunnable("the agent has no secret that its requests could be signed with")
            signing = self._signing_keeper.opened(agent_id, run_by.signing, clock.now())
            return HttpAgent(runtime.url, signing, run_by.settings, self._outgoing())

        return agent_of(run_by.settings, self._builtin_of, endpoint_of)

    @cached_property
    def _slots(self) -> "Slots":
        from watchbill.execution.slots import Slots

        return Slots(self._task_store, self._limits, self.registry.settings_of)

    @cached_property
    def _task_store(self) -> "TaskStore":
        from watchbill.execution.store import TaskStore

        return TaskStore(self._table)

    @abstractmethod
    def _builtin_of(self, kind: "BuiltinType", settings: "AgentSettings") -> "RunnableAgent":
        """A built-in agent. They work on things that no task knows of."""
