"""The server by itself: what clients may do to it, and what it leaves behind."""

from __future__ import annotations

import contextlib
import gc
import json
import os
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from pathlib import Path

import pytest
import requests

from pytest_lookloox import LookLoox, contract, wire
from pytest_lookloox import server as server_module
from pytest_lookloox.exchange import Request, Response, json_response, redirect, text_response
from pytest_lookloox.server import Server
from pytest_lookloox.tls import server_context

TIMEOUT = 10


def echo(request: Request) -> Response:
    """What the provider would be asked: a list of the request's parts."""
    return json_response(None, request)


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with Server(echo) as running:
        yield running


def send(server: Server, data: bytes) -> bytes:
    """All that the server says to these bytes, of a client that has no more to say."""
    with socket.create_connection((server.host, server.port), timeout=TIMEOUT) as connection:
        connection.sendall(data)
        # The server may have hung up on what it could not read.
        with contextlib.suppress(OSError):
            connection.shutdown(socket.SHUT_WR)
        return b"".join(iter(lambda: connection.recv(65536), b""))


def status_of(answer: bytes) -> int:
    return int(answer.split(b" ", 2)[1])


def asked(answer: bytes) -> Request:
    """The request that `echo` was given."""
    return Request(*json.loads(answer.partition(b"\r\n\r\n")[2]))


def get(target: str, *headers: str) -> bytes:
    lines = [f"GET {target} HTTP/1.1", "Host: x", *headers, "", ""]
    return "\r\n".join(lines).encode()


def post(body: bytes, *headers: str) -> bytes:
    lines = ["POST /sign-in HTTP/1.1", "Host: x", f"Content-Length: {len(body)}", *headers, "", ""]
    return "\r\n".join(lines).encode() + body


def is_up(server: Server) -> bool:
    return requests.get(server.base_url, timeout=TIMEOUT).status_code == 200


@pytest.mark.parametrize(
    ("data", "status"),
    [
        pytest.param(b"\x16\x03\x01\x02\x00\x01\x00\xfc\r\n\r\n", 400, id="TLS to a plain server"),
        pytest.param(b"\x00\xff\xfe garbage \x80\r\n\r\n", 400, id="bytes"),
        pytest.param(b"GET / HTTP/9.9\r\n\r\n", 505, id="version of tomorrow"),
        pytest.param(b"GET / HTTP/x.y\r\n\r\n", 400, id="no version"),
        pytest.param(b"GET / / HTTP/1.1\r\n\r\n", 400, id="too many words"),
        pytest.param(get("/" + "x" * 70_000), 414, id="address of 70 kB"),
        pytest.param(get("/" + "x" * 2_000_000), 414, id="address of 2 MB"),
        pytest.param(get("/", "X: " + "x" * 70_000), 431, id="header of 70 kB"),
        pytest.param(get("/", *(f"X-{n}: x" for n in range(200))), 431, id="200 headers"),
        pytest.param(post(b"x" * 70_000), 413, id="body of 70 kB"),
        pytest.param(post(b"x" * 20_000_000), 413, id="body of 20 MB"),
        pytest.param(
            get("/").replace(b"GET", b"POST", 1)[:-2]
            + b"Transfer-Encoding: chunked\r\n\r\nno chunk\r\n",
            400,
            id="chunks that are none",
        ),
    ],
)
def test_bad_input_is_refused(server: Server, data: bytes, status: int) -> None:
    assert status_of(send(server, data)) == status
    assert is_up(server)


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"GET", id="half a line"),
        pytest.param(b"GET / HTTP/1.1\r\nHost: x\r\n", id="half the headers"),
        pytest.param(post(b"user_id=1042")[:-5], id="half a body"),
    ],
)
def test_half_a_request_does_no_harm(server: Server, data: bytes) -> None:
    send(server, data)

    assert is_up(server)


@pytest.mark.parametrize(
    "length", ["-1", "many", "1e3", "9" * 100], ids=["negative", "word", "float", "astronomic"]
)
def test_content_length_that_is_none_is_answered(server: Server, length: str) -> None:
    data = get("/", f"Content-Length: {length}").replace(b"GET", b"POST", 1)

    assert status_of(send(server, data)) in (200, 400, 413)
    assert is_up(server)


@pytest.mark.parametrize(
    ("target", "path", "query"),
    [
        ("/api/oauth?app_id=1", "/api/oauth", "app_id=1"),
        ("/api/../etc/passwd", "/api/../etc/passwd", ""),
        ("/api/%2e%2e/x", "/api/%2e%2e/x", ""),
        ("//api/oauth?app_id=1", "//api/oauth", "app_id=1"),
        ("///api", "///api", ""),
        ("//[/api", "//[/api", ""),
        ("/api//oauth", "/api//oauth", ""),
        ("/api%2Foauth", "/api%2Foauth", ""),
        ("/api/oauth?a=b?c", "/api/oauth", "a=b?c"),
        ("/api/oauth/%00", "/api/oauth/%00", ""),
        ("/\x1b[2J", "/\x1b[2J", ""),
        ("/é?q=à", "/%C3%A9", "q=%C3%A0"),
        ("http://elsewhere.example/api/oauth?a=b", "/api/oauth", "a=b"),
        ("http://elsewhere.example?a=b", "/", "a=b"),
        ("HTTPS://[x/api", "/api", ""),
        ("*", "*", ""),
        ("elsewhere.example:443", "elsewhere.example:443", ""),
    ],
)
def test_target_reaches_the_provider_as_it_was_sent(
    server: Server, target: str, path: str, query: str
) -> None:
    request = asked(send(server, get(target)))

    assert (request.path, request.query) == (path, query)


def test_header_that_is_no_text_does_no_harm(server: Server) -> None:
    data = get("/").replace(
        b"Host: x", b"Host: \xff\xfe\r\nCookie: \xff=\xfe;;=; lookloox_session=s"
    )

    assert asked(send(server, data)).session() == "s"


@pytest.mark.parametrize("host", ["evil.example", "", "127.0.0.1:1", "é", "[::1", "x" * 1000])
def test_host_header_does_not_matter(server: Server, host: str) -> None:
    assert asked(send(server, get("/api/oauth").replace(b"Host: x", f"Host: {host}".encode())))


def test_what_pages_need_reaches_the_provider(server: Server) -> None:
    answer = send(
        server,
        post(
            b"app_id=%C3%A9+1&user_id=&user_id=7",
            "Cookie: other=1; lookloox_session=abc; more",
            "Accept-Language: fr-CH, en;q=0.5",
        ),
    )

    request = asked(answer)
    assert (request.method, request.path, request.query) == ("POST", "/sign-in", "")
    assert request.form == {"app_id": "é 1", "user_id": "7"}
    assert request.session() == "abc"
    assert request.accept_language() == "fr-CH, en;q=0.5"


def test_redirect_and_session_reach_the_browser() -> None:
    def answer(_: Request) -> Response:
        return redirect(contract.OAUTH_REDIRECT, "http://localhost/é?next=/", "abc")

    with Server(answer) as server:
        response = requests.get(server.base_url, allow_redirects=False, timeout=TIMEOUT)

    assert (response.status_code, response.reason, response.content) == (302, "Found", b"")
    assert response.headers["Location"].encode("latin-1").decode() == "http://localhost/é?next=/"
    assert response.headers["Set-Cookie"] == (
        "lookloox_session=abc; Path=/; HttpOnly; SameSite=Lax"
    )


def test_status_without_a_name_is_sent() -> None:
    with Server(lambda _: json_response(None, {}, 499)) as server:
        response = requests.get(server.base_url, timeout=TIMEOUT)

    assert (response.status_code, response.reason) == (499, "")


def test_answer_comes_through_although_a_body_was_not_read(server: Server) -> None:
    assert asked(send(server, post(b"x" * 20_000_000).replace(b"POST", b"PUT", 1))).method == "PUT"


class TestConnectionThatStays:
    @pytest.fixture
    def client(self, server: Server) -> Iterator[HTTPConnection]:
        with contextlib.closing(HTTPConnection(server.host, server.port, TIMEOUT)) as connection:
            yield connection

    def port_after(self, client: HTTPConnection, method: str = "GET", body: bytes = b"") -> int:
        """Where the client's connection comes from after a request, or 0 if it has ended."""
        client.request(method, "/", body or None)
        assert client.getresponse().read()
        return client.sock.getsockname()[1] if client.sock else 0

    def test_it_serves_the_next_request(self, client: HTTPConnection) -> None:
        port = self.port_after(client)

        assert port
        assert self.port_after(client) == port

    @pytest.mark.parametrize("method", ["GET", "POST", "PUT"])
    def test_it_ends_where_a_body_was_sent(self, client: HTTPConnection, method: str) -> None:
        assert self.port_after(client, method, b"x" * 10) == 0

    def test_it_ends_where_the_protocol_is_of_old(self, server: Server) -> None:
        """Such a client may take the end of the connection for the end of the answer."""
        with socket.create_connection((server.host, server.port), TIMEOUT) as client:
            client.sendall(b"GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
            answer = b"".join(iter(lambda: client.recv(65536), b""))

        assert status_of(answer) == 200
        assert b"\r\nConnection: close\r\n" in answer


class TestConnectionThatFaultsAwait:
    @pytest.fixture
    def lookloox(self) -> LookLoox:
        return LookLoox(strict=False)

    @pytest.fixture
    def serving(self, lookloox: LookLoox) -> Iterator[Server]:
        with Server() as server, server.serving(lookloox):
            yield server

    @pytest.fixture
    def client(self, serving: Server) -> Iterator[HTTPConnection]:
        with contextlib.closing(HTTPConnection(serving.host, serving.port, TIMEOUT)) as connection:
            yield connection

    def is_left_open(self, client: HTTPConnection) -> bool:
        client.request("GET", "/api/get_user_info")
        assert client.getresponse().read()
        return client.sock is not None

    def test_it_ends_where_faults_are_planned(
        self, lookloox: LookLoox, client: HTTPConnection
    ) -> None:
        lookloox.inject_fault("http_500")

        assert not self.is_left_open(client)

    def test_it_is_ended_when_a_fault_is_planned(
        self, lookloox: LookLoox, client: HTTPConnection
    ) -> None:
        assert self.is_left_open(client)
        lookloox.inject_fault("http_500")

        assert client.sock.recv(1) == b""

    def test_a_request_under_way_is_answered_though_a_fault_is_planned(
        self, lookloox: LookLoox, serving: Server
    ) -> None:
        def answer(request: Request) -> Response:
            lookloox.inject_fault("http_500@authorize")
            return echo(request)

        serving.answer = answer
        assert status_of(send(serving, get("/"))) == 200

    def test_fault_awaits_the_owner_of_a_key_that_is_older_than_the_server(
        self, lookloox: LookLoox
    ) -> None:
        lookloox.inject_fault("connection_refused")
        lookloox.issue_auth_key()

        with Server() as server, server.serving(lookloox), pytest.raises(ConnectionRefusedError):
            send(server, get("/"))

    def test_no_fault_awaits_who_comes_after_its_provider(self, lookloox: LookLoox) -> None:
        with Server() as server:
            with server.serving(lookloox):
                lookloox.inject_fault("connection_refused")
                lookloox.issue_auth_key()
            lookloox.issue_auth_key()

            assert status_of(send(server, get("/"))) == 503


def test_head_gets_the_length_without_the_body(server: Server) -> None:
    answer = send(server, get("/").replace(b"GET", b"HEAD", 1))
    head, _, body = answer.partition(b"\r\n\r\n")

    assert status_of(answer) == 200
    assert b"Content-Length: " in head
    assert body == b""


def test_nobody_is_answered_between_tests() -> None:
    with Server() as server:
        response = requests.get(server.base_url, timeout=TIMEOUT)

    assert (response.status_code, response.text) == (503, "No test is using this server now.\n")


def test_failure_of_the_provider_is_an_error_of_the_server(
    caplog: pytest.LogCaptureFixture,
) -> None:
    def fail(_: Request) -> Response:
        raise RuntimeError("a bug")

    with Server(fail) as server:
        assert requests.get(server.base_url, timeout=TIMEOUT).status_code == 500

    assert "RuntimeError: a bug" in caplog.text


def test_log_is_told_of_every_request() -> None:
    told: list[tuple[str, int]] = []

    with Server(
        echo, log=lambda request, response: told.append((request.path, response.status))
    ) as server:
        send(server, get("/api/oauth"))
        send(server, post(b"x" * 70_000))

    assert told == [("/api/oauth", 200), ("/sign-in", 413)]


def test_server_says_nothing_by_itself(capfd: pytest.CaptureFixture[str]) -> None:
    with Server(echo) as server:
        send(server, get("/api/authorize?app_secret=hush"))
        send(server, b"garbage\r\n\r\n")

    assert capfd.readouterr() == ("", "")


def test_500_connections_at_once(server: Server) -> None:
    together = threading.Barrier(500)

    def ask(number: int) -> str:
        connection = HTTPConnection(server.host, server.port, timeout=60)
        with contextlib.closing(connection):
            connection.connect()
            together.wait(60)
            connection.request("GET", f"/{number}")
            return asked(b"\r\n\r\n" + connection.getresponse().read()).path

    with ThreadPoolExecutor(500) as pool:
        assert list(pool.map(ask, range(500))) == [f"/{number}" for number in range(500)]


def test_silent_clients_keep_nobody_waiting(server: Server) -> None:
    with contextlib.ExitStack() as silent:
        for _ in range(50):
            silent.enter_context(socket.create_connection((server.host, server.port)))
        assert is_up(server)


def test_port_in_use_is_an_error_that_names_it() -> None:
    with (
        Server() as first,
        pytest.raises(OSError, match=f"^port {first.port} of 127.0.0.1 is in use"),
    ):
        Server(port=first.port)


@pytest.mark.parametrize("port", [-1, 65536])
def test_port_that_is_none_is_refused(port: int) -> None:
    with pytest.raises(ValueError, match=f"from 0, for any free one, to 65535, not {port}"):
        Server(port=port)


def test_address_of_another_machine_is_an_error() -> None:
    with pytest.raises(OSError, match=r"^cannot listen on port 0 of 192\.0\.2\.1: \w+"):
        Server(host="192.0.2.1", anywhere=True)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "", "192.0.2.1", "elsewhere.example", "127.1"])
def test_address_beyond_loopback_is_refused(host: str) -> None:
    with pytest.raises(ValueError, match=r"not a loopback address.*anywhere=True"):
        Server(host=host)


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.2", "localhost"])
def test_loopback_address_serves(host: str) -> None:
    with Server(echo, host=host) as server:
        assert server.base_url == f"http://{host}:{server.port}"
        assert is_up(server)


@pytest.mark.skipif(not socket.has_dualstack_ipv6(), reason="no IPv6 here")
def test_ipv6_loopback_serves() -> None:
    with Server(echo, host="::1") as server:
        assert server.base_url == f"http://[::1]:{server.port}"
        assert is_up(server)


def test_everywhere_is_reached_by_loopback() -> None:
    with Server(echo, host="0.0.0.0", anywhere=True) as server:
        assert server.base_url == f"http://127.0.0.1:{server.port}"
        assert is_up(server)


def test_start_that_takes_too_long_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    awake = threading.Event()

    class SlowServer(Server):
        def _serve(self) -> None:
            awake.wait(TIMEOUT)
            super()._serve()

    before = server_threads()
    monkeypatch.setattr(server_module, "_LONGEST_START", 0.01)
    slow = SlowServer()
    with pytest.raises(TimeoutError, match=r"did not start within 0.01 seconds"):
        slow.__enter__()
    awake.set()
    slow.wait()

    assert server_threads() <= before
    with Server(port=slow.port):  # the port is free again
        pass


def test_start_may_take_5_seconds() -> None:
    assert server_module._LONGEST_START == 5


def server_threads() -> set[threading.Thread]:
    """The threads of all servers there are, those of other tests included."""
    return {
        thread
        for thread in threading.enumerate()
        if thread.name.startswith("lookloox") or "process_request" in thread.name
    }


def sockets() -> set[str]:
    """The sockets that this process holds."""
    links = (os.path.join("/proc/self/fd", name) for name in os.listdir("/proc/self/fd"))
    targets = (os.readlink(link) for link in links if os.path.islink(link))
    return {target for target in targets if target.startswith("socket:")}


def say_nothing(connection: socket.socket) -> None:
    """A client that only connects."""


def stop_amid_the_headers(connection: socket.socket) -> None:
    connection.sendall(get("/")[:-4])


def stop_amid_the_body(connection: socket.socket) -> None:
    connection.sendall(post(b"x" * 100)[:-50])


def read_nothing(connection: socket.socket) -> None:
    connection.sendall(get("/endless"))


def answer_endlessly(request: Request) -> Response:
    return text_response("x" * (20_000_000 if request.path == "/endless" else 1), 200)


def stay_after_an_answer(connection: socket.socket) -> None:
    connection.sendall(get("/"))
    assert connection.recv(1)


STALLED = [
    stay_after_an_answer,
    say_nothing,
    stop_amid_the_headers,
    stop_amid_the_body,
    read_nothing,
]


@pytest.mark.parametrize("stall", STALLED)
def test_stop_waits_for_no_client(stall: Callable[[socket.socket], None]) -> None:
    before = server_threads()
    with contextlib.ExitStack() as clients:
        with Server(answer_endlessly) as server:
            for _ in range(5):
                address = (server.host, server.port)
                client = clients.enter_context(socket.create_connection(address, TIMEOUT))
                stall(client)
            requests.get(server.base_url, timeout=TIMEOUT)  # by now all of them are accepted
            begin = time.monotonic()
        assert time.monotonic() - begin < 2
    assert server_threads() <= before


def test_stop_is_quick_however_many_clients_there_were() -> None:
    with Server(echo) as server:
        with contextlib.ExitStack() as clients:
            for _ in range(300):
                address = (server.host, server.port)
                clients.enter_context(socket.create_connection(address, TIMEOUT))
            assert is_up(server)  # by now all of them are accepted
        begin = time.monotonic()
    assert time.monotonic() - begin < 2


def test_client_let_in_at_the_very_last_moment_is_hung_up_on() -> None:
    with Server(echo) as server:
        pass
    with (
        socket.create_server(("127.0.0.1", 0)) as listening,
        socket.create_connection(listening.getsockname(), TIMEOUT) as client,
    ):
        server._wsgi.process_request(*listening.accept())

        assert client.recv(1) == b""


def test_stop_waits_for_no_handshake(tmp_path: Path) -> None:
    ca_file = tmp_path / "ca.pem"
    before = server_threads()
    with contextlib.ExitStack() as clients:
        with Server(echo, tls=server_context(ca_file)) as server:
            for _ in range(20):
                address = (server.host, server.port)
                clients.enter_context(socket.create_connection(address, TIMEOUT))
            requests.get(server.base_url, verify=str(ca_file), timeout=TIMEOUT)
            begin = time.monotonic()
        assert time.monotonic() - begin < 2
    assert server_threads() <= before


@pytest.mark.skipif(not os.path.isdir("/proc/self/fd"), reason="no list of open sockets here")
def test_no_socket_is_left() -> None:
    before = sockets()
    with Server(echo) as server:
        send(server, get("/"))
        send(server, b"garbage")
        assert sockets() - before

    assert sockets() <= before


def test_nobody_listens_after_the_stop() -> None:
    with Server(echo) as server:
        assert is_up(server)

    with pytest.raises(ConnectionRefusedError):
        socket.create_connection((server.host, server.port), timeout=TIMEOUT)


def test_server_is_up_after_its_connections_were_closed(server: Server) -> None:
    with socket.create_connection((server.host, server.port), timeout=TIMEOUT) as connection:
        assert is_up(server)
        server.close_connections()
        assert connection.recv(1) == b""
    assert is_up(server)


class TestTls:
    @pytest.fixture
    def ca_file(self, tmp_path: Path) -> Path:
        return tmp_path / "ca.pem"

    @pytest.fixture
    def secure(self, ca_file: Path) -> Iterator[Server]:
        with Server(echo, tls=server_context(ca_file)) as running:
            yield running

    @pytest.mark.parametrize("name", ["127.0.0.1", "localhost"])
    def test_client_that_trusts_the_authority_is_answered(
        self, secure: Server, ca_file: Path, name: str
    ) -> None:
        url = f"https://{name}:{secure.port}/api/oauth"

        assert requests.get(url, verify=str(ca_file), timeout=TIMEOUT).status_code == 200

    def test_client_that_does_not_trust_it_goes_away(
        self, secure: Server, ca_file: Path, capfd: pytest.CaptureFixture[str]
    ) -> None:
        with pytest.raises(requests.exceptions.SSLError):
            requests.get(secure.base_url, timeout=TIMEOUT)

        response = requests.get(secure.base_url, verify=str(ca_file), timeout=TIMEOUT)
        assert response.status_code == 200
        assert capfd.readouterr() == ("", "")

    def test_no_session_is_resumed(self, secure: Server, ca_file: Path) -> None:
        """It would spare the client its look at a certificate that may be bad by then."""
        context = ssl.create_default_context(cafile=ca_file)
        session = None
        for _ in range(2):
            with (
                socket.create_connection((secure.host, secure.port), TIMEOUT) as plain,
                context.wrap_socket(plain, server_hostname="localhost", session=session) as client,
            ):
                client.sendall(get("/"))
                assert client.recv(1)  # by now a ticket would have come
                assert not client.session_reused
                session = client.session

    def test_client_that_is_gone_before_it_is_let_in_leaves_nothing(
        self, secure: Server, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A socket left to the garbage collector is a warning, which fails somebody's test."""
        unraisable: list[object] = []
        monkeypatch.setattr("sys.unraisablehook", lambda event: unraisable.append(event.exc_value))

        with socket.create_server(("127.0.0.1", 0)) as listening:
            wire.reset(socket.create_connection(listening.getsockname(), TIMEOUT))
            with contextlib.suppress(OSError):
                secure._wsgi.process_request(*listening.accept())
        gc.collect()

        assert unraisable == []

    def test_plain_http_and_garbage_do_no_harm(
        self, secure: Server, ca_file: Path, capfd: pytest.CaptureFixture[str]
    ) -> None:
        for data in (get("/"), b"garbage\r\n\r\n", b""):
            with contextlib.suppress(OSError):  # they may be hung up on at once
                send(secure, data)

        response = requests.get(secure.base_url, verify=str(ca_file), timeout=TIMEOUT)
        assert response.status_code == 200
        assert capfd.readouterr() == ("", "")
