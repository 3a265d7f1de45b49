"""The events that are told live: in which room, session or socket each is told, when, and what it says."""

from watchbill.catalogue import conversed, examples, models, planned, social, together
from watchbill.catalogue.values import Told
from watchbill.platform.wire import Model

SESSION, SOCKET = "session", "socket"


def _told(where: str, event: str, when: str, data: type[Model], /, **example: object) -> Told:
    return Told(event, where, when, data, examples.OF[data] | example)


def _answer(event: str, when: str, data: type[Model], /, **example: object) -> Told:
    return _told(SOCKET, event, when, data, **example)


EVENTS: tuple[Told, ...] = (
    _told("runs", "run_recorded", "runs are recorded", models.RunsData),
    _told("runs", "run_updated", "more becomes known of runs", models.RunsData),
    _told("tasks", "task_update", "tasks come to other states", models.TasksData),
    _told("anomalies", "anomaly_detected", "an anomaly begins", models.AnomalyData),
    _told("anomalies", "anomaly_changed", "it becomes worse, or somebody acknowledges it", models.AnomalyData),
    _told("anomalies", "anomaly_resolved", "it is over", models.AnomalyData),
    _told("agents", "agent_registered", "an agent is registered for the first time", models.AgentData),
    _told("agents", "agent_changed", "its project or type changes", models.AgentData),
    _told("agents", "version_registered", "a version of it is announced", models.VersionData),
    _told("campaigns", "campaign_update", "something happens to a task of a campaign", models.CampaignUpdate),
    _told("calendar", "calendar_update", "events are planned, changed or removed", planned.CalendarData),
    _told("calendar", "event_reminder", "an event is near, or begins", planned.ReminderTold),
    _told("calendar", "publication_failed", "an event's content is not published", planned.PublicationFailedTold),
    _told("budgets", "budget_warned", "the first share of a budget is spent, 80 % of it", models.BudgetData),
    _told("budgets", "budget_held", "it is spent, and holds tasks", models.BudgetData, spent=10.02, share=1.002),
    _told("reports", "report_generated", "a report is there", models.ReportData),
    _told("streams", "stream_insight", "there is something worth knowing of a stream", models.InsightData),
    _told("streams", "stream_completed", "it has reached its goal", models.InsightData),
    _told("alerts", "subscription_disabled", "deliveries to it failed for good", models.SubscriptionData),
    _told("keys", "key_issued", "a key is issued", models.KeyData),
    _told("keys", "key_revoked", "a key is revoked", models.KeyData),
    _told("system", "system_notification", "an operator tells everybody something", models.NotificationData),
    _told(SESSION, "agent_update", "an agent at work for the session goes on", models.AgentUpdate),
    _told(
        SESSION, "campaign_update", "an agent has come so far with a campaign for the session", together.CampaignStep
    ),
    _told(SESSION, "content_scheduled", "an agent has scheduled content for the session", together.ContentScheduled),
    _told(
        SESSION,
        "orchestration_error",
        "agents have worked together for the session, and not all succeeded",
        together.OrchestrationError,
    ),
    _told(SESSION, "calendar_update", "events are planned, changed or removed for it", planned.CalendarData),
    _told(SESSION, "event_reminder", "an event of the session is near, or begins", planned.ReminderTold),
    _told(SESSION, "publication_failed", "content of the session is not published", planned.PublicationFailedTold),
    _told(SESSION, "decision_made", "work begins on a message", conversed.DecisionMade),
    _told(SESSION, "chat_response", "a message is answered", conversed.ChatResponse),
    _told(SESSION, "session_expired", "the session is over", conversed.SessionOver),
    _told(SESSION, "oauth_success", "an account is connected in the session", social.AccountUpdate),
    _told(SESSION, "oauth_disconnected", "an account of the session is disconnected", social.AccountUpdate),
    _told(
        SESSION,
        "oauth_error",
        "an account is not connected, or its platform takes its tokens no longer",
        social.AccountUpdate,
        reason="consent was not given: access_denied",
    ),
    _answer("connection_established", "the socket is open", models.Connected),
    _answer("room_joined", "`join_room` is answered; what was missed follows", models.Joined),
    _answer("session_joined", "`join_session` is answered; what was missed follows", models.Joined),
    _answer("room_left", "`leave_room` is answered", models.Left),
    _answer("session_left", "`leave_session` is answered", models.Left),
    _answer("message_acknowledged", "the bus has a `user_message`", models.Acknowledged),
    _answer("pong", "`ping` is answered", models.Pong),
    _answer("error", "a message should not have been sent, or cannot be answered", models.Refusal),
)
"""Every event that crosses a socket, by where it is told."""
