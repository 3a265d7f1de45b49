"""Watchbill's service: agent operations on the user's own AWS account."""

__version__ = "0.1.0"
