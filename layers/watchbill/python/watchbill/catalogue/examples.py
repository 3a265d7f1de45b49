"""Data as events have it, for whoever reads or tries out the catalogue. All of it is invented."""

from collections.abc import Mapping
from typing import Any

from watchbill.catalogue import conversed, models, planned, social, together
from watchbill.platform.wire import Model

_AT, _LATER = "2026-03-10T12:00:00.000Z", "2026-03-10T12:00:04.000Z"
_AGENT, _TASK, _EVENT = "9c1f6f0a2b7d4e58a1c03d92", "01KAJ7T0C3QW8M5V2N6X9ZB4RD", "5f2d1c9e8b7a60433a1d2e4f"
_ORCHESTRATION = "01KAJ9B0N1M2Q3W4E5R6T7Y8V9"
_CAMPAIGN = "01KAJ6Z7J9D2F4G6H8K0M2N4P6"
_FAILED = {
    "task_id": _TASK,
    "agent_id": _AGENT,
    "task_type": "research",
    "trigger": "api",
    "priority": 5,
    "attempt": 4,
    "stream_id": None,
    "error": {"type": "Timeout", "message": "the agent took longer than 300 seconds", "retryable": True},
    "completed_at": _LATER,
}
_WORK: dict[str, Any] = {
    "task_id": _TASK,
    "agent_id": _AGENT,
    "agent_name": "catalogue-crawler",
    "campaign_id": _CAMPAIGN,
    "session_id": "user-session-123",
    "orchestration_id": None,
    "at": _AT,
    "attempt": 1,
    "name": None,
    "data": {},
}
OF: Mapping[type[Model], dict[str, Any]] = {
    models.AgentData: {
        "agent_id": _AGENT,
        "name": "catalogue-crawler",
        "project": "shop",
        "type": "crawler",
        "created_at": _AT,
        "updated_at": _AT,
    },
    models.VersionData: {
        "agent_id": _AGENT,
        "version": "0.43.0",
        "tools": ["browser"],
        "models": ["claude-sonnet-4-5"],
        "created_at": _AT,
    },
    models.RunsData: {
        "runs": [
            {
                "event_id": _EVENT,
                "run_id": "7a3e5b1d9f204c6881b2d4e6",
                "agent_id": _AGENT,
                "version": "0.43.0",
                "status": "completed",
                "created_at": _AT,
                "duration_ms": 5_300,
                "cost": 0.1,
            }
        ]
    },
    models.KeyData: {"key_id": "k1", "name": "ci", "scopes": ["read"], "created_at": _AT},
    models.AnomalyData: {
        "strand_id": _AGENT,
        "anomaly": {
            "id": "0b8e4d2f6a1c3957e2d4f6a8",
            "strandId": _AGENT,
            "taskType": None,
            "type": "latency",
            "severity": "high",
            "description": "Execution time in ms: 9,120 where 1,400 is usual",
            "affectedComponent": "catalogue-crawler",
            "metric": "executionTime",
            "detectedAt": _AT,
            "windowStart": "2026-03-10T10:00:00.000Z",
            "windowEnd": _AT,
            "currentValue": 9120.0,
            "expectedValue": 1400.0,
            "deviation": 6.2,
            "suggestedActions": ["Look at the slowest runs of these hours"],
            "resolved": False,
            "resolvedAt": None,
            "acknowledgedAt": None,
            "acknowledgedBy": None,
        },
    },
    models.SubscriptionData: {
        "subscription": "01KAJ5Q1W3E5R7T9Y1U3I5O7P9",
        "channel": "webhook",
        "target": "https://ops.example.com",
        "kinds": ["critical-performance"],
        "description": None,
        "reason": "no attempt succeeded for three days",
    },
    models.ReportData: {
        "report_id": "2f4e6d8c0b1a39587f6e5d4c",
        "type": "daily-summary",
        "title": "Daily summary",
        "period": {"start": "2026-03-09T00:00:00.000Z", "end": "2026-03-10T00:00:00.000Z"},
        "scheduled": True,
        "summary": "412 runs of 6 agents, 98.1 % successful, 3.20 USD",
    },
    models.TaskFailedData: _FAILED,
    models.TasksData: {
        "tasks": [
            _FAILED
            | {
                "event_id": _EVENT,
                "status": "processing",
                "attempt": 1,
                "error": None,
                "completed_at": None,
                "agent_name": "catalogue-crawler",
                "campaign_id": None,
                "session_id": None,
                "orchestration_id": None,
                "created_at": _AT,
                "queued_at": _AT,
                "started_at": _AT,
                "not_before": None,
            }
        ]
    },
    models.BudgetData: {
        "budget_id": "01KAJ4X2C4V6B8N0M1A3S5D7F9",
        "mark": "2026-03 warned 10",
        "scope": "agent",
        "subject": _AGENT,
        "name": "catalogue-crawler",
        "period": "month",
        "limit": 10,
        "spent": 8.2,
        "share": 0.82,
        "starts_at": "2026-03-01T00:00:00.000Z",
        "ends_at": "2026-04-01T00:00:00.000Z",
    },
    models.WorkData: _WORK,
    models.CampaignUpdate: {"type": "execution_started"} | _WORK,
    together.OrchestrationData: {
        "orchestration_id": _ORCHESTRATION,
        "session_id": "user-session-123",
        "status": "partial",
        "agents": [
            {"agent": "trend-scanner", "agent_id": _AGENT, "task_id": _TASK, "status": "completed", "error": None},
            {
                "agent": "video-scriptor",
                "agent_id": "4e58a1c03d929c1f6f0a2b7d",
                "task_id": "01KAJ7T0C3QW8M5V2N6X9ZB4RE",
                "status": "failed",
                "error": _FAILED["error"],
            },
        ],
        "created_at": _AT,
        "concluded_at": _LATER,
    },
    models.InsightData: {
        "insight_id": "8d6b4f2a0c1e3957d5b3f1a9",
        "stream_id": "01KAJ3M5N7B9V1C3X5Z7L9K1J3",
        "kind": "progress",
        "subject": "100",
        "severity": "info",
        "title": "The goal is reached",
        "message": "All 40 items are done.",
        "suggested_action": "Close the stream, or set its next goal.",
        "created_at": _AT,
    },
    planned.CalendarData: {
        "events": [
            {
                "event_id": _EVENT,
                "type": "event_created",
                "session_id": "user-session-123",
                "event": {
                    "id": "01KAJ9B3D5F7H9K1M3P5R7T9V1",
                    "title": "Rye bread, in pictures",
                    "description": None,
                    "type": "content_publish",
                    "status": "scheduled",
                    "priority": "medium",
                    "metadata": {
                        "contentId": None,
                        "campaignId": _CAMPAIGN,
                        "channels": ["instagram"],
                        "contentType": "image",
                        "assignedAgent": "post-scheduler",
                    },
                    "content": {
                        "text": "Three days for one loaf.",
                        "imageUrls": ["https://example.com/rye.jpg"],
                        "videoUrl": None,
                        "link": None,
                    },
                    "sessionId": "user-session-123",
                    "reminders": [{"minutes": 30, "type": "notification"}],
                    "startTime": "2026-03-12T17:00:00.000Z",
                    "endTime": "2026-03-12T17:30:00.000Z",
                    "timeZone": "Europe/Madrid",
                    "publications": [],
                    "completedAt": None,
                    "createdAt": _AT,
                    "updatedAt": _AT,
                },
            }
        ]
    },
    models.NotificationData: {
        "notification_id": "01KAJ8R2T4Y6U8I0O1P3A5S7D9",
        "message": "Back at noon",
        "level": "info",
        "created_at": _AT,
    },
    models.UserMessageData: {
        "session_id": "user-session-123",
        "message_id": "m-1",
        "message": "Una campaña en Instagram para mi panadería",
        "connection_id": "Zm9vYmFyLWJhei0x",
        "key_id": "k1",
        "sent_at": _AT,
    },
    models.AgentUpdate: {
        "type": "agent_started",
        "agent": "catalogue-crawler",
        "taskId": _TASK,
        "progress": 0,
        "data": {},
    },
    together.CampaignStep: {
        "step": "strategy_created",
        "agent": "campaign-agent",
        "taskId": _TASK,
        "data": {"approach": "brand_awareness"},
    },
    together.ContentScheduled: {"agent": "post-scheduler", "taskId": _TASK, "data": {"events": 3}},
    together.OrchestrationError: {
        "orchestrationId": _ORCHESTRATION,
        "status": "partial",
        "failed": [
            {
                "agent": "video-scriptor",
                "taskId": "01KAJ7T0C3QW8M5V2N6X9ZB4RE",
                "status": "failed",
                "error": _FAILED["error"],
            }
        ],
    },
    **conversed.EXAMPLES,
    social.AccountData: {
        "platform": "twitter",
        "session_ids": ["user-session-123"],
        "account_id": "3F8K2M5N7P9R1T4V6X8Z0B2D4F",
        "username": "panaderia_ana",
        "name": "Panadería Ana",
    },
    social.PostData: {
        "publication_id": "01KAJ9S3V5X7Z9B1D3F5H7K9M1",
        "platform": "twitter",
        "account_id": "3F8K2M5N7P9R1T4V6X8Z0B2D4F",
        "username": "panaderia_ana",
        "scheduled_at": None,
        "published_at": _LATER,
        "post_id": "1898765432109876543",
        "post_url": "https://x.com/panaderia_ana/status/1898765432109876543",
        "error": None,
        "origin": {"event_id": "01KAJ7C0C3QW8M5V2N6X9ZB4RD", "occurrence": "", "channel": "twitter"},
    },
    social.AccountUpdate: {
        "platform": "twitter",
        "accountId": "3F8K2M5N7P9R1T4V6X8Z0B2D4F",
        "username": "panaderia_ana",
        "reason": None,
    },
    **planned.EXAMPLES,
    models.Connected: {"connectionId": "Zm9vYmFyLWJhei0x"},
    models.Joined: {"seq": 17, "complete": True, "replayed": 3},
    models.Left: {},
    models.Acknowledged: {"messageId": "m-1"},
    models.Pong: {"positions": [{"room": "runs", "seq": 17}, {"sessionId": "user-session-123", "seq": 4}]},
    models.Refusal: {"code": "not_found", "detail": "there is no room 'kitchen'", "action": "join_room"},
}
"""By what the data is."""
