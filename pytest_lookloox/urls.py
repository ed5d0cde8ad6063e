"""Addresses: checked, normalised and compared."""

from __future__ import annotations

import ipaddress
from typing import Any, NamedTuple
from urllib.parse import SplitResult, urlsplit

from pytest_lookloox.exchange import Request

_DEFAULT_PORTS = {"http": 80, "https": 443}


class Host(NamedTuple):
    """A host as it is compared: lower-case ASCII name, and its port if that is not the default."""

    name: str
    port: int | None

    def spellings(self, scheme: str) -> set[str]:
        """How people write this host: with and without port and brackets."""
        port = self.port or _DEFAULT_PORTS.get(scheme)
        return {self.name, f"{self.name}:{port}", f"[{self.name}]", f"[{self.name}]:{port}"}


class Site:
    """A community by its address, and which URLs are below it."""

    def __init__(self, base_url: str) -> None:
        self.base_url = base_url
        # How nearly all of its URLs are written.
        self._start_of_urls = f"{base_url}/"

    def holds(self, url: str) -> bool:
        """Whether the URL leads to this host, in whatever spelling, be it over http or https."""
        return url.startswith(self._start_of_urls) or host_of(url) == host_of(self.base_url)


def base_url(value: str) -> str:
    """The normalised form of a community's address; raises `ValueError` if it is none."""
    parts = _split("base_url", value)
    host = _ascii_host("base_url", parts)
    if parts.scheme not in _DEFAULT_PORTS or not host:
        raise ValueError(f"base_url must begin with https:// or http:// and a host, not {value!r}")
    if parts.path not in ("", "/") or parts.query or parts.fragment:
        raise ValueError(
            f"base_url must be scheme and host alone, such as '{parts.scheme}://{host}', "
            f"not {value!r}: the API's paths are added to it"
        )
    name = f"[{host}]" if ":" in host else host
    port = "" if parts.port in (None, _DEFAULT_PORTS[parts.scheme]) else f":{parts.port}"
    return f"{parts.scheme}://{name}{port}"


def redirect_url(value: str) -> str:
    """`value`, if it is an absolute URL; raises `ValueError` otherwise."""
    parts = _split("redirect_url", value)
    if not parts.scheme or not parts.netloc:
        raise ValueError(
            f"redirect_url must be an absolute URL, such as 'http://localhost/callback', "
            f"not {value!r}"
        )
    return value


def allowed_host(value: str) -> str:
    """The normalised form of `"host"` or `"host:port"`; raises `ValueError` if it is none."""
    is_bare_ipv6 = value.count(":") > 1 and not value.startswith("[")
    parts = _split("allowed_hosts", f"//[{value}]" if is_bare_ipv6 else f"//{value}")
    host = _ascii_host("allowed_hosts", parts)
    if not host or "*" in host or parts.path or parts.query or parts.fragment:
        raise ValueError(
            f"allowed_hosts takes 'host' or 'host:port', without a scheme, not {value!r}"
        )
    return host if parts.port is None else f"{host}:{parts.port}"


def host_of(url: str) -> Host:
    """The host that a URL leads to."""
    parts = urlsplit(url)
    port = parts.port
    return Host(
        ascii_name(parts.hostname or ""), None if port == _DEFAULT_PORTS.get(parts.scheme) else port
    )


def request_of(method: str, url: str, **further: Any) -> Request:
    """What the provider reads of a request to `url`, and `further` fields that are no address."""
    parts = urlsplit(url)
    return Request(method, parts.path or "/", parts.query, **further)


def ascii_name(hostname: str) -> str:
    """A host name in the lower-case ASCII form in which clients send it."""
    name = hostname.rstrip(".").lower()
    return name if name.isascii() else name.encode("idna").decode()


def is_loopback(host: str) -> bool:
    """Whether only this machine can be reached under this name."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _ascii_host(option: str, parts: SplitResult) -> str:
    try:
        return ascii_name(parts.hostname or "")
    except UnicodeError as error:
        raise ValueError(f"{option} has no possible host name: {error}") from None


def _split(option: str, value: str) -> SplitResult:
    # The space is the one printable character among the white space.
    if " " in value or not value.isprintable():
        raise ValueError(f"{option} must not hold white space or line breaks: {value!r}")
    try:
        parts = urlsplit(value)
        parts.port  # noqa: B018 - reading it is what checks it
    except ValueError as error:
        raise ValueError(f"{option} {value!r} is no URL: {error}") from None
    if "@" in parts.netloc:
        raise ValueError(f"{option} must not hold a user name or password")
    return parts
