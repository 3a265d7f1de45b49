"""What a tracker owes to `os.fork`: the child begins with locks that are free, and with nothing of its parent's.

A thread that does not survive a fork may hold a lock at that moment, for ever after. Locks of ours are made anew in
the child. Those of others cannot be: whoever works under them keeps the fork waiting for that long.
"""

import os
import threading
import weakref

_registry: "weakref.WeakSet[ForkAware]" = weakref.WeakSet()
_registering = threading.Lock()
_held: list["ForkAware"] = []
_hooked = False


class ForkAware:
    """Something that hears of forks."""

    def hold(self) -> None:
        """A fork is imminent: come to where it does no harm, and stay there."""

    def release(self) -> None:
        """The fork is over, and this is the parent: go on."""

    def forget(self) -> None:
        """The fork is over, and this is the child: begin anew."""


def hear_of_forks(listener: ForkAware) -> None:
    """Let `listener` know before and after every fork, as long as it lives."""
    global _hooked
    with _registering:
        _registry.add(listener)
        if not _hooked and hasattr(os, "register_at_fork"):
            _hooked = True
            os.register_at_fork(before=_before, after_in_parent=_in_parent, after_in_child=_in_child)


def _before() -> None:
    _registering.acquire()
    for listener in _registry:
        listener.hold()
        _held.append(listener)


def _in_parent() -> None:
    while _held:
        _held.pop().release()
    _registering.release()


def _in_child() -> None:
    global _registering
    _registering = threading.Lock()
    _held.clear()
    for listener in _registry:
        listener.forget()
