"""The way to the service: a connection made when it is first needed, and made anew after a fork or a close."""

import encodings.idna  # noqa: F401  # the first look-up of a host imports it; see `hold`
import threading

from watchbill_client.connection import Connection
from watchbill_client.performance.forks import ForkAware, hear_of_forks
from watchbill_client.performance.settings import TrackerSettings
from watchbill_client.resources.performance import Performance
from watchbill_client.retries import Retries
from watchbill_client.settings import resolve


class Channel(ForkAware):
    """Connections of one tracker. Safe to share between threads."""

    def __init__(self, settings: TrackerSettings, retries: Retries) -> None:
        self._settings = settings
        self._retries = retries
        self._inherited: list[Connection] = []
        self._connection: Connection | None = None
        self._lock = threading.Lock()
        hear_of_forks(self)

    def performance(self) -> Performance:
        """The performance routes over the connection.

        Raises:
            ConfigurationError: the URL or the key cannot be used as given.
        """
        with self._lock:
            if self._connection is None:
                where = resolve(self._settings.url, self._settings.api_key)
                self._connection = Connection(where, self._settings.timeout, self._retries)
            return Performance(self._connection)

    def close(self) -> None:
        """Close the connection; the next use opens another."""
        with self._lock:
            connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()

    def hold(self) -> None:
        """Wait for a connection that is being made: httpx imports modules then, under locks that stay in the child."""
        self._lock.acquire()

    def release(self) -> None:
        """Let connections be made again."""
        self._lock.release()

    def forget(self) -> None:
        """Leave the parent's connection alone, for the two would talk into each other."""
        self._lock = threading.Lock()
        if self._connection is not None:
            # Kept and never used: closing it, or letting it be collected, would touch what the parent talks over.
            self._inherited.append(self._connection)
        self._connection = None
