"""Telling people and systems what has happened: subscriptions, and deliveries by e-mail and signed webhook."""
