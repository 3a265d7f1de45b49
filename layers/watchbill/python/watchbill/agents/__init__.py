"""The agents that Watchbill brings along: what each of them does with a task."""
