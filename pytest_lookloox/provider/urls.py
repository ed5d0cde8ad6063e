"""Check, normalise and compare addresses."""

from __future__ import annotations

import ipaddress
from typing import NamedTuple
from urllib.parse import SplitResult, urlsplit

__tracebackhide__ = True

_DEFAULT_PORTS = {"http": 80, "https": 443}


class Host(NamedTuple):
    """A host in comparable form: lower-case ASCII name, and its port unless it is the default."""

    name: str
    port: int | None

    def __str__(self) -> str:
        """Return the host as a URL spells it."""
        name = f"[{self.name}]" if ":" in self.name else self.name
        return f"{name}:{self.port}" if self.port else name

    def spellings(self, scheme: str) -> set[str]:
        """Return how `allowed_host` spells this host: without its port, and with it."""
        port = self.port or _DEFAULT_PORTS.get(scheme)
        return {str(Host(self.name, None)), str(Host(self.name, port))}


def base_url(value: str) -> str:
    """Return a community's address in normalised form; raise `ValueError` if it is not one."""
    parts, host = _parse("base_url", value)
    if parts.scheme not in _DEFAULT_PORTS or not host.name:
        raise ValueError(f"base_url must begin with https:// or http:// and a host, not {value!r}")
    if parts.path not in ("", "/") or parts.query or parts.fragment:
        raise ValueError(
            f"base_url must be scheme and host alone, such as '{parts.scheme}://{host.name}', "
            f"not {value!r}: the API's paths are added to it"
        )
    return f"{parts.scheme}://{host}"


def redirect_url(value: str) -> str:
    """Return `value` unchanged; raise `ValueError` unless it is an absolute URL."""
    parts, host = _parse("redirect_url", value)
    if "#" in value:
        raise ValueError(
            f"redirect_url must not have a #fragment, which would swallow the auth_key: {value!r}"
        )
    if not parts.scheme or not host.name:
        raise ValueError(
            f"redirect_url must be an absolute URL, such as 'http://localhost/callback', "
            f"not {value!r}"
        )
    return value


def allowed_host(value: str) -> str:
    """Return `"host"` or `"host:port"` in normalised form; raise `ValueError` for anything else."""
    is_bare_ipv6 = value.count(":") > 1 and not value.startswith("[")
    parts, host = _parse("allowed_hosts", f"//[{value}]" if is_bare_ipv6 else f"//{value}")
    if not host.name or "*" in value or parts.path or parts.query or parts.fragment:
        raise ValueError(
            f"allowed_hosts takes 'host' or 'host:port', without a scheme, not {value!r}"
        )
    return str(host)


def host_of(url: str) -> Host:
    """Return the host that a URL leads to."""
    parts = urlsplit(url)
    name = (parts.hostname or "").rstrip(".").lower()
    name = name if name.isascii() else name.encode("idna").decode()
    is_default = parts.port == _DEFAULT_PORTS.get(parts.scheme)
    return Host(name, None if is_default else parts.port)


def is_loopback(host: str) -> bool:
    """Return whether this host can only be the machine itself."""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _parse(option: str, value: str) -> tuple[SplitResult, Host]:
    # The space is the one printable character among the white space.
    if " " in value or not value.isprintable():
        raise ValueError(f"{option} must not contain white space or line breaks: {value!r}")
    try:
        parts, host = urlsplit(value), host_of(value)
    except ValueError as error:
        raise ValueError(f"{option} {value!r} is not a URL: {error}") from None
    if "@" in parts.netloc:
        raise ValueError(f"{option} must not contain a user name or password")
    return parts, host
