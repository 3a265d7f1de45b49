"""Schedules of agents: kept in EventBridge Scheduler as their settings say, and made into tasks when they come."""
