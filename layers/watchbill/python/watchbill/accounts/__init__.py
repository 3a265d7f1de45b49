"""Accounts of other platforms that an organisation has connected: consent, tokens, what is published, what comes in."""
