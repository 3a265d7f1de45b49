"""Addresses that users give: how they are read, and which of the network's may be reached, the public ones. Pure.

Which these are is in the IANA registries of special-purpose addresses (IPv4, IPv6), and in what clouds serve
credentials at. Python's `is_global` is not asked: its answer changes between versions, takes multicast for global, and
knows no cloud.
"""

from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from pydantic_core import Url

MOST_CHARACTERS = 2_000
HTTPS_PORT = 443


class NotAnAddress(ValueError):
    """This text is not the address of a web server; the message says why."""


@dataclass(frozen=True, slots=True)
class Target:
    """Where a call goes. `host` has no brackets; `authority` is what the Host header says."""

    scheme: str
    host: str
    port: int
    authority: str
    path: str


@dataclass(frozen=True, slots=True)
class _Closed:
    network: IPv4Network | IPv6Network
    why: str
    ours: bool = False
    """Whether it leads to this machine or its own network, which a local deployment may call."""


def _closed(network: str, why: str, *, ours: bool = False) -> _Closed:
    return _Closed(ip_network(network), why, ours)


_IPV6_GLOBAL = IPv6Network("2000::/3")
_CLOSED = (
    _closed("168.63.129.16/32", "belongs to the cloud provider's own services"),
    _closed("fd00:ec2::/32", "belongs to the cloud provider's own services"),
    _closed("0.0.0.0/8", "is no host's"),
    _closed("10.0.0.0/8", "is private", ours=True),
    _closed("100.64.0.0/10", "is shared behind a provider's NAT"),
    _closed("127.0.0.0/8", "is a loopback address", ours=True),
    _closed("169.254.0.0/16", "is link-local"),
    _closed("172.16.0.0/12", "is private", ours=True),
    _closed("192.0.0.0/24", "is reserved for protocols"),
    _closed("192.0.2.0/24", "is for documentation"),
    _closed("192.88.99.0/24", "is a 6to4 relay's"),
    _closed("192.168.0.0/16", "is private", ours=True),
    _closed("198.18.0.0/15", "is for benchmarks"),
    _closed("198.51.100.0/24", "is for documentation"),
    _closed("203.0.113.0/24", "is for documentation"),
    _closed("224.0.0.0/4", "is multicast"),
    _closed("240.0.0.0/4", "is reserved"),
    _closed("::1/128", "is a loopback address", ours=True),
    _closed("::ffff:0:0/96", "hides an IPv4 address"),
    _closed("64:ff9b::/96", "hides an IPv4 address"),
    _closed("64:ff9b:1::/48", "hides an IPv4 address"),
    _closed("2001::/23", "is reserved for protocols"),
    _closed("2001:db8::/32", "is for documentation"),
    _closed("2002::/16", "hides an IPv4 address"),
    _closed("3fff::/20", "is for documentation"),
    _closed("fc00::/7", "is private", ours=True),
    _closed("fe80::/10", "is link-local"),
    _closed("ff00::/8", "is multicast"),
)


def refusal(address: str, *, local: bool = False) -> str | None:
    """Why an address (in digits) may not be called, in words that follow it; None when it may.

    `local` lets calls through to this machine and private networks, but still not to link-local addresses or to
    what clouds serve credentials at. Raises ValueError for what is no address.
    """
    parsed = ip_address(address)
    for closed in _CLOSED:
        if parsed.version == closed.network.version and parsed in closed.network:
            return None if local and closed.ours else closed.why
    return None if _is_assigned(parsed) else "is not of the public internet"


def _is_assigned(address: IPv4Address | IPv6Address) -> bool:
    return isinstance(address, IPv4Address) or address in _IPV6_GLOBAL


def parsed(url: str) -> Target:
    """An address taken apart, as browsers read it. Raises NotAnAddress."""
    if not url.isprintable() or " " in url or not 1 <= len(url) <= MOST_CHARACTERS:
        raise NotAnAddress(f"an address has 1 to {MOST_CHARACTERS:,} printable characters and no blanks")
    try:
        parts = Url(url)
    except ValueError as error:
        raise NotAnAddress("this is not an address such as https://example.com/hook") from error
    if parts.username is not None or parts.password is not None or parts.fragment is not None:
        raise NotAnAddress("an address holds no user, password or #fragment")
    if not parts.host or not parts.port:
        raise NotAnAddress("this is not an address such as https://example.com/hook")
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query is not None else "")
    standard = parts.port == {"http": 80, "https": HTTPS_PORT}.get(parts.scheme)
    authority = parts.host if standard else f"{parts.host}:{parts.port}"
    return Target(parts.scheme, parts.host.strip("[]"), parts.port, authority, path)
