"""The server by itself: what it makes of requests, whatever clients send, and how it ends."""

from __future__ import annotations

import multiprocessing
import os
import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress

import pytest
import requests

from pytest_lookloox.provider import facts
from pytest_lookloox.provider.http import (
    NotRecorded,
    Request,
    Response,
    TransportFault,
    fault_response,
    json_response,
    redirect,
    text_response,
)
from pytest_lookloox.transports.server import Server

TIMEOUT = 10
SERVER_LOG = "pytest_lookloox.transports.server"
ANSWER = json_response({})


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with Server() as running:
        yield running


def connect(server: Server) -> socket.socket:
    return socket.create_connection(("127.0.0.1", server.port), TIMEOUT)


def send(server: Server, data: bytes) -> bytes:
    """Return all that the server answers to these bytes, of a client that sends no more."""
    with connect(server) as connection:
        # The server may have ended the connection before it has read everything.
        with suppress(OSError):
            connection.sendall(data)
            connection.shutdown(socket.SHUT_WR)
        return b"".join(iter(lambda: connection.recv(65536), b""))


def status_of(answer: bytes) -> int:
    return int(answer.split(b" ", 2)[1])


def ask(method: str, target: str, *headers: str, body: bytes = b"") -> bytes:
    lines = [f"{method} {target} HTTP/1.1", "Host: x", *headers, "", ""]
    return "\r\n".join(lines).encode() + body


def post(body: bytes, *headers: str) -> bytes:
    return ask("POST", "/sign-in", f"Content-Length: {len(body)}", *headers, body=body)


def chunked(body: bytes) -> bytes:
    return ask("POST", "/sign-in", "Transfer-Encoding: chunked", body=body)


class TestRequest:
    @pytest.mark.parametrize(
        ("target", "path", "query"),
        [
            ("/api/oauth?app_id=1", "/api/oauth", "app_id=1"),
            ("/api/../etc/passwd", "/api/../etc/passwd", ""),
            ("/api/%2e%2e/x", "/api/%2e%2e/x", ""),
            ("//api/oauth?app_id=1", "//api/oauth", "app_id=1"),
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
    def test_target_is_as_it_was_sent(
        self, server: Server, received: list[Request], target: str, path: str, query: str
    ) -> None:
        assert status_of(send(server, ask("GET", target))) == 200

        [request] = received
        assert (request.path, request.query) == (path, query)

    def test_form_and_headers(self, server: Server, received: list[Request]) -> None:
        form = "application/x-www-form-urlencoded"
        send(
            server,
            post(
                b"app_id=%C3%A9+1&user_id=&user_id=7",
                "cookie: other=1; lookloox_session=abc; more",
                "ACCEPT-LANGUAGE: fr-CH, en;q=0.5",
                f"Content-Type: {form}",
            ),
        )

        [request] = received
        assert (request.method, request.path, request.query) == ("POST", "/sign-in", "")
        assert request.form() == {"app_id": "é 1", "user_id": "7"}
        assert request.session() == "abc"
        assert request.header("Accept-Language") == "fr-CH, en;q=0.5"
        assert request.header("Content-Type") == form
        assert request.verifies

    @pytest.mark.parametrize(
        ("data", "body"),
        [
            pytest.param(post(b"x" * 65_536), b"x" * 65_536, id="64 KiB"),
            # Node sends a body like this by default.
            pytest.param(
                chunked(b"3\r\na=1\r\nA;x=y\r\n&b=2345678\r\n0\r\n\r\n"), b"a=1&b=2345678"
            ),
            # Only of a POST it is read; the rest must not cost the client its answer.
            pytest.param(post(b"x" * 20_000_000).replace(b"POST", b"PUT", 1), b"", id="PUT"),
        ],
    )
    def test_body(self, server: Server, received: list[Request], data: bytes, body: bytes) -> None:
        assert status_of(send(server, data)) == 200
        assert received[0].body == body

    @pytest.mark.parametrize(
        "data",
        [
            *(ask(method, "/") for method in ("GET", "HEAD", "DELETE", "OPTIONS", "BREW")),
            *(
                ask("GET", "/").replace(b"Host: x", header.encode())
                for header in (
                    *("Host: evil.example", "Host: é", "Host: [::1", f"Host: {'x' * 1000}"),
                    *("Cookie: \xff=\xfe;;=", "Connection: keep-alive", "no header"),
                )
            ),
        ],
    )
    def test_other_methods_and_headers_do_not_matter(
        self, server: Server, received: list[Request], data: bytes
    ) -> None:
        assert status_of(send(server, data)) == 200
        assert received[0].method == data.split()[0].decode()


class TestBadRequest:
    @pytest.mark.parametrize(
        ("data", "status"),
        [
            pytest.param(b"\x16\x03\x01\x02\x00\x01\x00\xfc\r\n\r\n", 400, id="TLS"),
            pytest.param(b"\x00\xff\xfe garbage \x80\r\n\r\n", 400, id="bytes"),
            pytest.param(b"GET / HTTP/9.9\r\n\r\n", 505, id="version of tomorrow"),
            pytest.param(b"GET / HTTP/x.y\r\n\r\n", 400, id="no version"),
            pytest.param(b"GET / / HTTP/1.1\r\n\r\n", 400, id="too many words"),
            pytest.param(ask("GET", "/" + "x" * 2_000_000), 414, id="address of 2 MB"),
            pytest.param(ask("GET", "/", "X: " + "x" * 70_000), 431, id="header of 70 kB"),
            pytest.param(ask("GET", "/", *["X: x"] * 200), 431, id="200 headers"),
            pytest.param(post(b"x" * 65_537), 413, id="body beyond 64 KiB"),
            pytest.param(post(b"x" * 20_000_000), 413, id="body of 20 MB"),
            pytest.param(ask("POST", "/", "Content-Length: many"), 400, id="length in words"),
            pytest.param(ask("POST", "/", "Content-Length: -5"), 400, id="negative length"),
            pytest.param(chunked(b"FFFFFFFF\r\n" + b"x" * 70_000), 413, id="chunk of 4 GB"),
            pytest.param(chunked(b"6000\r\n%b\r\n" % (b"x" * 0x6000) * 3), 413, id="many chunks"),
            pytest.param(chunked(b"not a chunk\r\n"), 400, id="not a chunk"),
        ],
    )
    def test_it_is_refused(
        self, server: Server, received: list[Request], data: bytes, status: int
    ) -> None:
        assert status_of(send(server, data)) == status
        assert received == []

    @pytest.mark.parametrize("data", [b"", b"GET", b"\r\n\r\n", ask("GET", "/")[:-2]])
    def test_half_a_request_does_no_harm(
        self, server: Server, received: list[Request], data: bytes
    ) -> None:
        send(server, data)

        assert requests.get(server.base_url, timeout=TIMEOUT).status_code == 200


class TestAnswer:
    def test_redirect_and_session(self, server: Server) -> None:
        url = "http://localhost/é?next=/"

        with server.serving(lambda _: redirect(url, facts.OAUTH_REDIRECT, "abc")):
            response = requests.get(server.base_url, allow_redirects=False, timeout=TIMEOUT)

        assert (response.status_code, response.reason, response.content) == (302, "Found", b"")
        assert response.headers["Location"].encode("latin-1").decode() == url
        assert response.cookies["lookloox_session"] == "abc"
        assert response.headers["Connection"] == "close"

    def test_status_without_a_name(self, server: Server) -> None:
        with server.serving(lambda _: json_response({}, status=499)):
            response = requests.get(server.base_url, timeout=TIMEOUT)

        assert (response.status_code, response.reason) == (499, "")

    def test_head_has_the_length_and_no_body(self, server: Server, received: list[Request]) -> None:
        head, _, body = send(server, ask("HEAD", "/")).partition(b"\r\n\r\n")

        assert b"Content-Length: 2" in head
        assert body == b""

    @pytest.mark.parametrize(
        ("error", "status", "text", "logged"),
        [
            (NotRecorded("no recording of GET /"), 501, "no recording of GET /\n", []),
            (
                *(OSError("a bug"), 500, "The provider failed; the log says why.\n"),
                ["A request could not be answered"],
            ),
        ],
    )
    def test_handler_that_raises(
        self,
        server: Server,
        caplog: pytest.LogCaptureFixture,
        error: Exception,
        status: int,
        text: str,
        logged: list[str],
    ) -> None:
        def handle(_: Request) -> Response:
            raise error

        with server.serving(handle):
            response = requests.get(server.base_url, timeout=TIMEOUT)

        assert (response.status_code, response.text) == (status, text)
        assert [record.getMessage() for record in caplog.records] == logged
        assert all(record.exc_info and record.name == SERVER_LOG for record in caplog.records)

    def test_answer_that_cannot_be_sent(self, caplog: pytest.LogCaptureFixture) -> None:
        answer = ANSWER._replace(status="many")  # type: ignore[arg-type]

        with Server() as server, server.serving(lambda _: answer):
            assert send(server, ask("GET", "/")) == b""

        assert "A connection could not be served" in caplog.text

    def test_nothing_is_printed(
        self, server: Server, received: list[Request], capfd: pytest.CaptureFixture[str]
    ) -> None:
        send(server, ask("GET", "/api/authorize?app_secret=hush"))
        send(server, b"garbage\r\n\r\n")

        assert capfd.readouterr() == ("", "")


class TestServing:
    def test_no_one_is_answered_between_tests(self, server: Server) -> None:
        response = requests.get(server.base_url, timeout=TIMEOUT)

        assert response.status_code == 503
        assert response.text == "No test is using this server now.\n"

    def test_open_connections_are_cut_at_the_end(self, server: Server) -> None:
        with connect(server) as client:
            with server.serving(lambda _: ANSWER):
                client.sendall(b"GET / HTTP/1.1\r\n")
                send(server, ask("GET", "/"))  # by now the first connection is accepted
            assert client.recv(1) == b""

    def test_half_a_request_that_is_cut_does_not_reach_the_next_test(self, server: Server) -> None:
        """Its end looks like the end of its headers."""
        targets: list[str] = []

        def handle(request: Request) -> Response:
            targets.append(request.path)
            return ANSWER

        for _ in range(20):
            with connect(server) as client:
                with server.serving(lambda _: ANSWER):
                    client.sendall(b"GET /cut HTTP/1.1\r\n")
                    send(server, ask("GET", "/"))  # by now the first connection is accepted
                with server.serving(handle):
                    send(server, ask("GET", "/next"))

        assert targets == ["/next"] * 20

    def test_a_request_that_is_being_handled_is_handled_before_the_end(
        self, server: Server
    ) -> None:
        """Later it would be recorded among the calls of a test that is over."""
        begun, handled = threading.Event(), []

        def handle(request: Request) -> Response:
            begun.set()
            threading.Event().wait(0.05)
            handled.append(request)
            return ANSWER

        with connect(server) as client:
            with server.serving(handle):
                client.sendall(ask("GET", "/"))
                assert begun.wait(TIMEOUT)
            assert len(handled) == 1

    def test_300_connections_at_once_and_50_silent_ones(
        self, server: Server, received: list[Request]
    ) -> None:
        with ExitStack() as stack:
            clients = [stack.enter_context(connect(server)) for _ in range(350)]
            for number, client in enumerate(clients[50:]):
                client.sendall(ask("GET", f"/{number}"))
            assert all(client.recv(1) for client in clients[50:])

        assert {request.path for request in received} == {f"/{number}" for number in range(300)}

    @pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
    @pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning")
    def test_forked_child_and_a_refused_connection_do_no_harm(self, server: Server) -> None:
        """The child holds the listening socket, too."""
        context = multiprocessing.get_context("fork")
        end, ours = context.Pipe()
        answers = [fault_response(TransportFault.CONNECTION_REFUSED), ANSWER, ANSWER]

        with server.serving(lambda _: answers.pop(0)):
            child = context.Process(target=end.recv)
            child.start()
            with pytest.raises(requests.ConnectionError):
                requests.get(server.base_url, timeout=TIMEOUT)
            assert requests.get(server.base_url, timeout=TIMEOUT).status_code == 200
            ours.send("end")
            child.join(TIMEOUT)
            assert child.exitcode == 0
            assert requests.get(server.base_url, timeout=TIMEOUT).status_code == 200


class TestAddress:
    def test_port_in_use(self, server: Server) -> None:
        message = rf"^cannot listen on port {server.port} of 127\.0\.0\.1: it is in use; choose"
        with pytest.raises(OSError, match=message):
            Server(port=server.port)

    @pytest.mark.parametrize("port", [-1, 65536])
    def test_number_that_is_not_a_port(self, port: int) -> None:
        with pytest.raises(ValueError, match=f"from 0, for any free one, to 65535, not {port}"):
            Server(port=port)

    @pytest.mark.parametrize("host", ["0.0.0.0", "::", "", "192.0.2.1", "a.example", "127.1"])
    def test_address_beyond_loopback_is_refused(self, host: str) -> None:
        with pytest.raises(ValueError, match=r"not a loopback address.*anywhere=True"):
            Server(host=host)

    def test_address_of_another_machine(self) -> None:
        with pytest.raises(OSError, match=r"^cannot listen on port 0 of 192\.0\.2\.1: \w+"):
            Server(host="192.0.2.1", anywhere=True)

    @pytest.mark.parametrize(
        ("host", "name"),
        [
            ("127.0.0.1", "127.0.0.1"),
            ("localhost", "localhost"),
            ("0.0.0.0", "127.0.0.1"),
            pytest.param(
                *("::1", "[::1]"),
                marks=pytest.mark.skipif(not socket.has_dualstack_ipv6(), reason="no IPv6 here"),
            ),
        ],
    )
    def test_base_url(self, host: str, name: str) -> None:
        with Server(host=host, anywhere=True) as server:
            assert server.base_url == f"http://{name}:{server.port}"
            assert requests.get(server.base_url, timeout=TIMEOUT).status_code == 503


def own_threads() -> set[threading.Thread]:
    return {thread for thread in threading.enumerate() if thread.name.startswith("lookloox")}


def own_sockets() -> set[str]:
    links = [os.path.join("/proc/self/fd", name) for name in os.listdir("/proc/self/fd")]
    targets = {os.readlink(link) for link in links if os.path.islink(link)}
    return {target for target in targets if target.startswith("socket:")}


class TestEnd:
    @pytest.mark.parametrize(
        "data",
        [
            pytest.param(b"", id="nothing"),
            pytest.param(ask("GET", "/")[:-4], id="half the headers"),
            pytest.param(post(b"x" * 100)[:-50], id="half a body"),
            pytest.param(ask("GET", "/long"), id="does not read"),
            pytest.param(ask("GET", "/stall"), id="is not answered"),
            pytest.param(ask("GET", "/late"), id="is answered late"),
        ],
    )
    def test_it_waits_for_no_client(self, data: bytes) -> None:
        answers = {
            "/": ANSWER,
            "/long": text_response("x" * 20_000_000, 200),
            "/stall": fault_response(TransportFault.READ_TIMEOUT),
            "/late": ANSWER._replace(delay=60),
        }
        before = own_threads()
        with ExitStack() as clients:
            with Server() as server, server.serving(lambda request: answers[request.path]):
                for _ in range(5):
                    clients.enter_context(connect(server)).sendall(data)
                requests.get(server.base_url, timeout=TIMEOUT)  # by now all are accepted
                begin = time.monotonic()
            assert time.monotonic() - begin < 2
        assert own_threads() == before

    @pytest.mark.skipif(not os.path.isdir("/proc/self/fd"), reason="no list of open sockets here")
    def test_no_socket_is_left(self) -> None:
        before = own_sockets()
        with Server() as server:
            send(server, ask("GET", "/"))
            send(server, b"garbage")
            assert own_sockets() - before

        assert own_sockets() <= before
        with pytest.raises(ConnectionRefusedError):
            connect(server)

    def test_wait_ends_with_the_server(self, monkeypatch: pytest.MonkeyPatch) -> None:
        with Server() as server, ThreadPoolExecutor(1) as pool:
            waiting = pool.submit(server.wait)
            send(server, ask("GET", "/"))
            assert not waiting.done()
            server.shutdown()
            assert waiting.result(TIMEOUT) is None
