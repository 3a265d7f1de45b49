"""The one way to call an address that a user gave: to hosts of the public internet only, bounded in time and size.

A name is resolved once; unless every address behind it may be called, none is, and the connection goes to one of the
addresses that were looked at, so that a name cannot change its mind in between. TLS is verified against the name. No
redirect is followed, no proxy of the environment is used, nothing is decompressed, no connection is kept.

A GET that meets a fault of the moment is sent again. Anything else is sent once: who sends it knows whether it may come
twice, and tries again itself.
"""

import ssl
from collections.abc import Mapping
from http import HTTPStatus

from watchbill.platform import addresses, clock
from watchbill.platform.addresses import HTTPS_PORT, Target
from watchbill.platform.calls import Answer, Deadline, Directions, NoAnswer, Refused, Resolve, resolved

__all__ = ["Answer", "NoAnswer", "Outgoing", "Refused"]

_FIRST_UNPRIVILEGED_PORT = 1024
_PAUSES = (0.2, 0.6)
"""Seconds before a GET is sent for the second and the third time."""
_PASSING = (HTTPStatus.BAD_GATEWAY, HTTPStatus.SERVICE_UNAVAILABLE, HTTPStatus.GATEWAY_TIMEOUT)


class Outgoing:
    """Calls to users' addresses. `local` also allows plain HTTP, any port, this machine and private networks."""

    def __init__(self, *, local: bool = False, resolve: Resolve = resolved, tls: ssl.SSLContext | None = None) -> None:
        self._local = local
        self._directions = Directions(resolve, local)
        self._tls = tls

    def check(self, url: str, seconds: float = 5.0) -> None:
        """Look whether an address may be called, as it is now; each call looks again. Raises Refused, NoAnswer."""
        target = self._target(url)
        self._directions.to(target.host, target.port, Deadline(seconds))

    def send(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str],
        body: bytes = b"",
        seconds: float = 15.0,
        most_bytes: int = 64_000,
    ) -> Answer:
        """Send a request; the answer, of whatever status. `seconds` bound everything from the name to the last byte.

        Raises Refused, NoAnswer.
        """
        from watchbill.platform.network import Request, answer_to

        request, deadline = Request(method, self._target(url), headers, body, most_bytes), Deadline(seconds)
        for pause in _PAUSES if method == "GET" else ():
            try:
                answer = answer_to(request, self._directions, deadline, self._tls)
            except NoAnswer:
                if deadline.left <= pause:
                    raise
            else:
                if answer.status not in _PASSING or deadline.left <= pause:
                    return answer
            clock.pause(pause)
        return answer_to(request, self._directions, deadline, self._tls)

    def _target(self, url: str) -> Target:
        try:
            target = addresses.parsed(url)
        except addresses.NotAnAddress as error:
            raise Refused(str(error)) from error
        if target.scheme != "https" and not (self._local and target.scheme == "http"):
            raise Refused("an address begins with https://")
        if not self._local and target.port != HTTPS_PORT and target.port < _FIRST_UNPRIVILEGED_PORT:
            raise Refused(f"port {target.port} is another service's: use {HTTPS_PORT}, or one from 1024 on")
        return target
