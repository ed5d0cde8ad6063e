"""The server by itself: what it makes of requests, whatever clients send, and how it ends."""

from __future__ import annotations

import multiprocessing
import os
import socket
import threading
import time
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
from tests.transports.conftest import connect

TIMEOUT = 5
ANSWER = json_response({})


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


CHUNK_OF_600_KB = b"%x\r\n%s\r\n" % (600_000, b"x" * 600_000)


class TestRequest:
    @pytest.mark.parametrize(
        ("target", "path", "query"),
        [
            ("/api/oauth?app_id=1", "/api/oauth", "app_id=1"),
            ("/api/../etc/passwd", "/api/../etc/passwd", ""),
            ("//api/oauth?app_id=1", "//api/oauth", "app_id=1"),
            ("/api%2Foauth", "/api%2Foauth", ""),
            ("/api/oauth?a=b?c", "/api/oauth", "a=b?c"),
            ("/api/oauth/%00", "/api/oauth/%00", ""),
            ("/\x1b[2J", "/\x1b[2J", ""),
            ("/é?q=à", "/%C3%A9", "q=%C3%A0"),
            ("*", "*", ""),
        ],
    )
    def test_target_is_as_it_was_sent(
        self, server: Server, received: list[Request], target: str, path: str, query: str
    ) -> None:
        assert status_of(send(server, ask("GET", target))) == 200

        [request] = received
        assert (request.path, request.query) == (path, query)

    def test_form_and_headers(self, server: Server, received: list[Request]) -> None:
        headers = [
            "cookie: other=1; lookloox_session=abc; more",
            "ACCEPT-LANGUAGE: fr-CH, en;q=0.5",
            "Content-Type: application/x-www-form-urlencoded",
        ]
        send(server, post(b"app_id=%C3%A9+1&user_id=&user_id=7", *headers))

        [request] = received
        assert (request.method, request.path, request.query) == ("POST", "/sign-in", "")
        assert request.form() == {"app_id": "é 1", "user_id": "7"}
        assert request.session() == "abc"
        assert request.header("Accept-Language") == "fr-CH, en;q=0.5"
        assert request.verifies

    # Node sends the second one by default.
    @pytest.mark.parametrize(
        "data", [post(b"a=1&b=2345678"), chunked(b"3\r\na=1\r\nA;x=y\r\n&b=2345678\r\n0\r\n\r\n")]
    )
    def test_body(self, server: Server, received: list[Request], data: bytes) -> None:
        assert status_of(send(server, data)) == 200
        assert received[0].body == b"a=1&b=2345678"

    @pytest.mark.parametrize(
        "data",
        [
            *(ask(method, "/") for method in ("GET", "HEAD", "DELETE", "OPTIONS", "BREW")),
            *(
                ask("GET", "/").replace(b"Host: x", header.encode())
                for header in ("Host: é", "Cookie: \xff=\xfe;;=", "Connection: keep-alive", "none")
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
            pytest.param(b"GET / HTTP/x.y\r\n\r\n", b"400", id="no version"),
            pytest.param(b"\x16\x03\x01\x02\x00\x01\x00\xfc\r\n\r\n", b"400", id="TLS"),
            pytest.param(b"GET / / HTTP/1.1\r\n\r\n", b"400", id="too many words"),
            pytest.param(ask("GET", "/" + "x" * 2_000_000), b"414", id="address of 2 MB"),
            pytest.param(ask("GET", "/", "X: " + "x" * 70_000), b"431", id="header of 70 kB"),
            pytest.param(ask("POST", "/", "Content-Length: many"), b"400", id="length in words"),
            pytest.param(ask("POST", "/", "Content-Length: -1"), b"400", id="negative length"),
            pytest.param(post(b"x" * 1_000_001), b"413", id="body of 1 MB and a byte"),
            pytest.param(chunked(b"app_secret=hush\r\n"), b"400", id="not a chunk"),
            pytest.param(chunked(b"-1\r\nx\r\n0\r\n\r\n"), b"400", id="negative chunk"),
            pytest.param(
                chunked(CHUNK_OF_600_KB * 2 + b"0\r\n\r\n"), b"413", id="chunks of 1.2 MB"
            ),
            *(
                pytest.param(ask("GET", "/").replace(b": x", host), b"400", id=host.decode())
                for host in (b": [", b": x:y", b": x:99999", b": " + b"x" * 64 + "é".encode())
            ),
        ],
    )
    def test_it_is_refused_and_not_logged(
        self, server: Server, caplog: pytest.LogCaptureFixture, data: bytes, status: bytes
    ) -> None:
        with server.serving(lambda _: ANSWER):
            assert status in send(server, data)
        assert caplog.messages == []

    @pytest.mark.parametrize("length", ["1_000_000_000_000", "9" * 20])
    def test_announced_length_takes_no_memory(
        self, server: Server, received: list[Request], length: str
    ) -> None:
        send(server, ask("POST", "/", f"Content-Length: {length}", body=b"x"))
        assert [request.body for request in received] == [b"x"]


class TestAnswer:
    def test_redirect_and_session(self, server: Server) -> None:
        url = "http://localhost/é?next=/"

        with server.serving(lambda _: redirect(url, facts.OAUTH_REDIRECT, "abc")):
            response = requests.get(server.base_url, allow_redirects=False, timeout=TIMEOUT)

        assert (response.status_code, response.reason, response.content) == (302, "Found", b"")
        assert response.headers["Location"].encode("latin-1").decode() == url
        assert response.cookies["lookloox_session"] == "abc"
        assert response.headers["Connection"] == "close"

    def test_status_without_a_name_and_head(self, server: Server) -> None:
        with server.serving(lambda _: json_response({}, status=499)):
            head, _, body = send(server, ask("HEAD", "/")).partition(b"\r\n\r\n")

        assert head.startswith(b"HTTP/1.1 499 \r\n")
        assert b"Content-Length: 2" in head
        assert body == b""

    @pytest.mark.parametrize(
        ("error", "answer", "is_logged"),
        [
            (NotRecorded("no recording of GET /"), b"no recording of GET /", False),
            (OSError("a bug"), b"The provider failed; the log says why.", True),
        ],
    )
    def test_handler_that_raises(
        self,
        server: Server,
        caplog: pytest.LogCaptureFixture,
        error: Exception,
        answer: bytes,
        is_logged: bool,
    ) -> None:
        def handle(_: Request) -> Response:
            raise error

        with server.serving(handle):
            assert answer in send(server, ask("GET", "/"))

        assert caplog.messages == ["A request could not be answered"] * is_logged

    def test_answer_that_cannot_be_sent_is_logged_and_nothing_is_printed(
        self, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
    ) -> None:
        answer = ANSWER._replace(status="many")  # type: ignore[arg-type]

        with Server() as server, server.serving(lambda _: answer):
            assert send(server, ask("GET", "/api/authorize?app_secret=hush")) == b""

        assert caplog.messages == ["A connection could not be served"]
        assert capfd.readouterr() == ("", "")


class TestServing:
    def test_between_tests_no_request_is_answered(self, server: Server) -> None:
        response = requests.get(server.base_url, timeout=TIMEOUT)

        assert response.status_code == 503
        assert response.text == "No test is using this server now.\n"

    def test_half_a_request_is_cut_and_does_not_reach_the_next_test(self, server: Server) -> None:
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
                assert client.recv(1) == b""
                with server.serving(handle):
                    send(server, ask("GET", "/next"))

        assert targets == ["/next"] * 20

    def test_what_is_being_handled_is_handled_before_the_end(self, server: Server) -> None:
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
    @pytest.mark.parametrize("port", [None, -1, 65536])
    def test_port_that_is_in_use_or_does_not_exist(self, server: Server, port: int | None) -> None:
        port = port or server.port

        message = rf"^cannot listen on port {port} of 127\.0\.0\.1: .+; choose another port"
        with pytest.raises(OSError, match=message):
            Server(port=port)

    @pytest.mark.parametrize("host", ["0.0.0.0", "::", "", "192.0.2.1", "a.example"])
    def test_address_beyond_loopback_is_refused(self, host: str) -> None:
        with pytest.raises(ValueError, match=r"not a loopback address.*anywhere=True"):
            Server(host=host)

    @pytest.mark.parametrize(
        ("host", "name"),
        [
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


def in_use() -> set[object]:
    """Return the server's threads and, where the system lists them, all open sockets."""
    files = [f"/proc/self/fd/{number}" for number in range(100)]
    links = {os.readlink(file) for file in files if os.path.islink(file)}
    threads = {thread for thread in threading.enumerate() if thread.name.startswith("lookloox")}
    return {link for link in links if link.startswith("socket:")} | threads


class TestEnd:
    @pytest.mark.parametrize(
        "data",
        [
            pytest.param(b"", id="nothing"),
            pytest.param(ask("GET", "/")[:-4], id="half the headers"),
            pytest.param(post(b"x" * 100)[:-50], id="half a body"),
            pytest.param(ask("GET", "/long"), id="does not read"),
        ],
    )
    def test_it_waits_for_no_client_and_leaves_nothing(self, data: bytes) -> None:
        answers = {"/": ANSWER, "/long": text_response("x" * 20_000_000, 200)}
        before = in_use()
        with ExitStack() as clients:
            with Server() as server, server.serving(lambda request: answers[request.path]):
                for _ in range(5):
                    clients.enter_context(connect(server)).sendall(data)
                requests.get(server.base_url, timeout=TIMEOUT)  # by now all are accepted
                assert in_use() - before
                begin = time.monotonic()
            assert time.monotonic() - begin < 2
            with pytest.raises(ConnectionRefusedError):
                connect(server)
        assert in_use() <= before

    def test_wait_ends_with_the_server(self) -> None:
        with Server() as server, ThreadPoolExecutor(1) as pool:
            waiting = pool.submit(server.wait)
            send(server, ask("GET", "/"))
            assert not waiting.done()
            server.shutdown()
            assert waiting.result(TIMEOUT) is None
