"""What can keep the local stack from running; every message is one sentence a person can act on."""


class LauncherError(Exception):
    """The local stack could not do what was asked; the message says why and what helps."""
