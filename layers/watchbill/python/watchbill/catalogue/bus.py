"""The events on the bus: of each detail-type when it is put there, and what it says."""

from watchbill.catalogue import conversed, examples, models, planned, social, together
from watchbill.catalogue.values import Told
from watchbill.platform.events import EventType
from watchbill.platform.wire import Model

WHERE = "bus"
_WORK = "of a task that is done for a campaign or a session"


def _told(event: EventType, when: str, data: type[Model], /, **example: object) -> Told:
    return Told(event.value, WHERE, when, data, examples.OF[data] | example)


EVENTS: tuple[Told, ...] = (
    _told(EventType.AGENT_REGISTERED, "an agent is registered for the first time", models.AgentData),
    _told(EventType.AGENT_CHANGED, "an agent's project or type changes", models.AgentData, type="scout"),
    _told(EventType.VERSION_REGISTERED, "a version of an agent is announced", models.VersionData),
    _told(EventType.RUNS_RECORDED, "runs are recorded", models.RunsData),
    _told(EventType.RUNS_UPDATED, "more becomes known of runs", models.RunsData),
    _told(EventType.KEY_ISSUED, "a key is issued", models.KeyData),
    _told(EventType.KEY_REVOKED, "a key is revoked", models.KeyData),
    _told(EventType.ANOMALY_OPENED, "an anomaly begins", models.AnomalyData),
    _told(EventType.ANOMALY_CHANGED, "an anomaly becomes worse, or somebody acknowledges it", models.AnomalyData),
    _told(EventType.ANOMALY_RESOLVED, "an anomaly is over", models.AnomalyData),
    _told(EventType.ANOMALY_CRITICAL, "an anomaly is critical, for the first time in its life", models.AnomalyData),
    _told(EventType.SUBSCRIPTION_DISABLED, "deliveries to a subscription failed for good", models.SubscriptionData),
    _told(EventType.REPORT_GENERATED, "a report is there", models.ReportData),
    _told(EventType.TASK_FAILED, "a task has failed for good", models.TaskFailedData),
    _told(EventType.TASKS_CHANGED, "tasks come to other states", models.TasksData),
    _told(EventType.BUDGET_WARNED, "the first share of a budget is spent, 80 % of it", models.BudgetData),
    _told(EventType.BUDGET_HELD, "a budget is spent that holds tasks", models.BudgetData, spent=10.02, share=1.002),
    _told(EventType.EXECUTION_STARTED, f"the first attempt begins {_WORK}", models.WorkData),
    _told(EventType.RETRY_ATTEMPT, f"another attempt begins {_WORK}", models.WorkData, attempt=2),
    _told(
        EventType.CUSTOM_EVENT,
        f"the agent tells something {_WORK}",
        models.WorkData,
        name="page_read",
        data={"pages": 3},
    ),
    _told(EventType.EXECUTION_COMPLETED, f"the work is done {_WORK}", models.WorkData),
    _told(
        EventType.EXECUTION_FAILED,
        f"the last attempt has failed {_WORK}",
        models.WorkData,
        data={"type": "Timeout", "message": "the agent took longer than 300 seconds"},
    ),
    _told(EventType.STOP_REQUESTED, f"somebody stops the agent {_WORK}", models.WorkData),
    _told(
        EventType.ORCHESTRATION_COMPLETED,
        "all agents that worked together have ended, however",
        together.OrchestrationData,
    ),
    _told(EventType.STREAM_INSIGHT, "there is something worth knowing of a stream", models.InsightData),
    _told(EventType.STREAM_COMPLETED, "a stream has reached its goal", models.InsightData),
    _told(EventType.CALENDAR_UPDATE, "events of the calendar are planned, changed or removed", planned.CalendarData),
    _told(EventType.EVENT_REMINDER, "somebody is to be reminded of an event of the calendar", planned.ReminderData),
    _told(EventType.PUBLICATION_FAILED, "an event's content is not published", planned.PublicationFailedData),
    _told(EventType.SYSTEM_NOTIFICATION, "an operator tells everybody something", models.NotificationData),
    _told(EventType.OAUTH_SUCCESS, "an account of another platform is connected", social.AccountData),
    _told(EventType.OAUTH_DISCONNECTED, "an account is disconnected", social.AccountData),
    _told(
        EventType.OAUTH_ERROR,
        "an account is not connected, or its platform takes its tokens no longer",
        social.AccountData,
        reason="invalid_grant: the refresh token was revoked",
    ),
    _told(EventType.POST_PUBLISHED, "a post is published", social.PostData),
    _told(
        EventType.POST_FAILED,
        "a post will not be published",
        social.PostData,
        published_at=None,
        post_id=None,
        post_url=None,
        error="You have already said that",
    ),
    _told(EventType.USER_MESSAGE, "a person says something through a socket", models.UserMessageData),
    _told(EventType.DECISION_MADE, "work begins on a message of a session", conversed.DecisionData),
    _told(EventType.CHAT_RESPONSE, "a message of a session is answered", conversed.AnswerData),
    _told(EventType.SESSION_EXPIRED, "a session is over", conversed.SessionOverData),
)
"""Every event on the bus, those of one area together."""
