"""The network guard: clients that are not simulated do not get as far as the real host."""

from __future__ import annotations

import asyncio
import re
import socket
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from http.client import HTTPConnection, HTTPSConnection
from urllib.request import ProxyHandler, build_opener, urlopen

import aiohttp
import pytest
import requests
import urllib3

from pytest_lookloox import LookLoox
from tests.compatibility.conftest import guarded

NAME = "community.example"
BASE_URL = f"https://{NAME}"
MESSAGE = (
    f"{NAME} is simulated for requests and httpx, and another client looked it up. Give that "
    f"client lookloox_server.base_url instead of {BASE_URL} (without pytest, that of "
    f"LookLoox.serve()), or let it reach the real host by allowed_hosts=['{NAME}']."
)
PROXY = "http://127.0.0.1:1"


@pytest.fixture(autouse=True)
def attempts() -> Iterator[list[str]]:
    """What would have reached the network."""
    with guarded() as attempts:
        yield attempts


def ask_in_a_thread() -> None:
    with ThreadPoolExecutor() as pool:
        pool.submit(urlopen, BASE_URL, timeout=5).result()


async def ask_with_aiohttp() -> None:
    async with aiohttp.ClientSession() as client:
        await client.get(BASE_URL)


def connect(method: str) -> None:
    with socket.socket() as connection:
        getattr(connection, method)((NAME, 443))


@pytest.mark.parametrize(
    "reach",
    [
        lambda: urlopen(f"{BASE_URL}/api/oauth", timeout=5),
        ask_in_a_thread,
        HTTPSConnection(NAME).connect,
        lambda: urllib3.request("GET", BASE_URL, retries=False),
        lambda: asyncio.run(ask_with_aiohttp()),
        lambda: asyncio.run(asyncio.open_connection(NAME, 443)),
        lambda: socket.create_connection((f"{NAME.upper()}.", 443)),
        lambda: socket.getaddrinfo(NAME.encode(), 443),
        lambda: socket.gethostbyname(NAME),
        lambda: socket.gethostbyname_ex(NAME),
        lambda: connect("connect"),
        lambda: connect("connect_ex"),
        lambda: HTTPConnection("127.0.0.1", 1).set_tunnel(host=NAME, port=443),
        lambda: build_opener(ProxyHandler({"https": PROXY})).open(BASE_URL, timeout=5),
        lambda: build_opener(ProxyHandler({"http": PROXY})).open(f"http://{NAME}/", timeout=5),
        lambda: urllib3.ProxyManager(PROXY).request("GET", BASE_URL, retries=False),
    ],
)
def test_other_clients_are_told_the_way_out(
    attempts: list[str], reach: Callable[[], object]
) -> None:
    with LookLoox(base_url=BASE_URL), pytest.raises(Exception, match=re.escape(MESSAGE)):
        reach()

    assert attempts == []


def test_real_host_is_guarded_while_a_real_port_answers(attempts: list[str]) -> None:
    with LookLoox(base_url=BASE_URL).serve() as provider:
        with pytest.raises(requests.ConnectionError, match=f"{NAME} is simulated on a real port"):
            requests.get(f"{BASE_URL}/api/oauth", timeout=5)
        with pytest.raises(socket.gaierror):
            socket.gethostbyname(NAME)
        assert requests.get(provider.app.login_url, allow_redirects=False, timeout=5).ok

    assert attempts == []


@pytest.mark.parametrize(
    ("base_url", "allowed_hosts", "host"),
    [
        (BASE_URL, [], "elsewhere.example"),
        (BASE_URL, [], f"www.{NAME}"),
        (BASE_URL, [], "2001:db8::1"),
        (BASE_URL, [NAME], NAME),
        (f"{BASE_URL}:8443", [f"{NAME.upper()}:443"], NAME),
    ],
)
def test_other_hosts_and_allowed_ones_pass(
    attempts: list[str], base_url: str, allowed_hosts: list[str], host: str
) -> None:
    with LookLoox(base_url=base_url, allowed_hosts=allowed_hosts), suppress(ConnectionAbortedError):
        socket.create_connection((host, 443))

    assert attempts == [f"socket.getaddrinfo {host}"]


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1"])
def test_this_machine_passes(host: str) -> None:
    """It may also be where lookloox_server listens."""
    with LookLoox(base_url=f"http://{host}:1"):
        assert socket.getaddrinfo(host, 1)


@pytest.mark.parametrize("names", [("one.example", "two.example"), ("two.example", "one.example")])
def test_each_provider_is_guarded_until_it_closes(
    attempts: list[str], names: tuple[str, str]
) -> None:
    providers = {name: LookLoox(base_url=f"https://{name}") for name in sorted(names)}
    for provider in providers.values():
        provider.start()

    providers[names[0]].stop()
    with suppress(ConnectionAbortedError):
        socket.create_connection((names[0], 443))
    with pytest.raises(socket.gaierror) as refused:
        socket.create_connection((names[1], 443))
    assert attempts == [f"socket.getaddrinfo {names[0]}"]
    assert refused.value.errno == socket.EAI_NONAME

    providers[names[1]].stop()


class TestBesideOtherTools:
    def replace(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(socket, "getaddrinfo", lambda *_: [])
        monkeypatch.setattr(socket, "gethostbyname", lambda _: "the tool's")
        monkeypatch.setattr(socket.socket, "connect", lambda *_: None)

    def test_one_that_was_there_first_decides_and_may_go_first(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        self.replace(monkeypatch)
        with LookLoox(base_url=BASE_URL):
            assert socket.getaddrinfo(NAME, 443) == []
            assert socket.gethostbyname(NAME) == "the tool's"
            monkeypatch.undo()

    def test_one_that_came_later_and_puts_the_guard_back_does_no_harm(
        self, monkeypatch: pytest.MonkeyPatch, attempts: list[str]
    ) -> None:
        with LookLoox(base_url=BASE_URL):
            self.replace(monkeypatch)
        monkeypatch.undo()
        with suppress(ConnectionAbortedError):
            socket.gethostbyname(NAME)
        assert len(attempts) == 1

        with LookLoox(base_url=BASE_URL), pytest.raises(socket.gaierror):
            socket.gethostbyname(NAME)
