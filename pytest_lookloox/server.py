"""The door for browsers and other clients: a real port. The one module that imports Werkzeug."""

from __future__ import annotations

import contextlib
import errno
import logging
import re
import socket
import ssl
import threading
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import quote_from_bytes

from werkzeug.exceptions import HTTPException
from werkzeug.serving import ThreadedWSGIServer, WSGIRequestHandler
from werkzeug.wrappers import Request as WsgiRequest

from pytest_lookloox import wire
from pytest_lookloox.door import BACKLOG, Door
from pytest_lookloox.exchange import Request, Response, Wire, fields_in, text_response
from pytest_lookloox.urls import host_of, is_loopback

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

Answer = Callable[[Request], Response]
"""What answers a request: `Provider.handle`."""

Log = Callable[[Request, Response], None]
"""What is told of every request and its answer."""

Control = Callable[[bytes], Response]
"""What answers `POST /_control`, given the body: see `control`."""

LOOPBACK = "127.0.0.1"
CONTROL_PATH = "/_control"
_THIS_MACHINE = {"0.0.0.0": LOOPBACK, "::": "::1"}
"""How this machine reaches a server that listens everywhere."""
_LONGEST_START = 5.0
_LARGEST_FORM = 64 * 1024
_LONGEST_SILENCE = 30.0
_LONGEST_DRAIN = 0.2
_MOST_AT_ONCE = 10_000_000
_logger = logging.getLogger(__name__)
_TARGET = "lookloox.target"
_ASCII = bytes(range(128))
_SCHEME_AND_HOST = re.compile(r"^https?://[^/?]*", re.IGNORECASE)


class Provided(Protocol):
    """What a server asks of the provider that it serves: a `LookLoox`."""

    def handle(self, request: Request, /) -> Response:
        """Answer a request."""

    def has_faults(self) -> bool:
        """Whether a fault may befall somebody."""

    def shows_a_bad_certificate(self) -> bool:
        """Whether to show a bad certificate to who connects now."""

    def keep_the_door(self, doorkeeper: Callable[[Wire | None], None] | None, /) -> None:
        """Be told what keeps the next call from arriving, or no longer."""


class Server:
    """Listens on an address, in a thread, and lets `answer` reply, which may change meanwhile.

    A context manager: on leaving it, the socket and every thread and connection are gone. Raises
    `OSError` if the port is in use, `ValueError` if it is no port, or if `host` is not loopback and
    `anywhere` was not asked for, and `TimeoutError` if the server does not start within 5 seconds.
    """

    def __init__(
        self,
        answer: Answer | None = None,
        *,
        host: str = LOOPBACK,
        port: int = 0,
        anywhere: bool = False,
        tls: ssl.SSLContext | None = None,
        log: Log | None = None,
    ) -> None:
        if not anywhere and not is_loopback(host):
            raise ValueError(
                f"{host!r} is not a loopback address, and others could reach the server there; "
                f"listen on {LOOPBACK}, or ask for it with --beyond-loopback (anywhere=True)"
            )
        if not 0 <= port <= 65535:
            raise ValueError(f"a port is a number from 0, for any free one, to 65535, not {port}")
        self.answer = answer
        self.control: Control | None = None
        self._lookloox: Provided | None = None
        self.host = host
        self._tls = tls
        self._log = log
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        try:
            listening = socket.create_server((host, port), family=family, backlog=BACKLOG)
        except OSError as error:
            raise OSError(_cannot_listen(host, port, error)) from None
        with listening:
            self._wsgi = _WsgiServer(host, port, self._application, _Handler, fd=listening.fileno())
        self._wsgi.ssl_context = tls
        if tls is not None:
            tls.sslsocket_class = _TlsConnection
            tls.sni_callback = self._choose_certificate
        self.port: int = self._wsgi.port
        self._started = threading.Event()
        self._thread = _thread(self._serve)

    @property
    def base_url(self) -> str:
        """Scheme, host and port, as clients on this machine reach it."""
        host = _THIS_MACHINE.get(self.host, self.host)
        host = f"[{host}]" if ":" in host else host
        return f"{'https' if self._tls else 'http'}://{host}:{self.port}"

    def __enter__(self) -> Server:
        """Start listening."""
        self._thread.start()
        if not self._started.wait(_LONGEST_START):
            self._wsgi.stop()
            raise TimeoutError(f"the server did not start within {_LONGEST_START:g} seconds")
        return self

    def __exit__(self, *_: object) -> None:
        """Stop at once, whatever is still being answered."""
        self._wsgi.stop()
        self._thread.join()

    def wait(self) -> None:
        """Serve until somebody else stops it."""
        while self._thread.is_alive():
            # In turns: on Windows no Ctrl-C gets through to a thread that waits for good.
            self._thread.join(1)

    def close_connections(self) -> None:
        """Hang up on every client."""
        self._wsgi.close_connections()

    @contextlib.contextmanager
    def serving(self, lookloox: Provided) -> Iterator[None]:
        """Let this provider answer, and its faults befall who asks; then cut every connection."""
        self._lookloox = lookloox
        self.answer = lookloox.handle
        lookloox.keep_the_door(self._keep_the_door)
        try:
            yield
        finally:
            lookloox.keep_the_door(None)
            self.answer = None
            self._lookloox = None
            self._keep_the_door(None)
            self.close_connections()

    def _keep_the_door(self, barrier: Wire | None) -> None:
        """Let this keep everybody out, or `None` for nothing; for at most 5 seconds."""
        if self._expects_faults():
            self._wsgi.close_idle_connections()
        self._wsgi.door.keep(barrier)

    def _expects_faults(self) -> bool:
        """Whether each request has to come through the door, where a fault may await it."""
        lookloox = self._lookloox
        return lookloox is not None and lookloox.has_faults()

    def _serve(self) -> None:
        self._started.set()
        self._wsgi.serve_forever()

    def _choose_certificate(
        self, connection: ssl.SSLObject, name: str | None, context: ssl.SSLContext
    ) -> None:
        # A client has said hello, and has yet to see a certificate.
        lookloox = self._lookloox
        if (
            lookloox is not None
            and lookloox.has_faults()
            # Or else nobody, not even a browser, could ever begin anew.
            and self._wsgi.door.expects_somebody()
            and lookloox.shows_a_bad_certificate()
        ):
            from pytest_lookloox.tls import untrusted_context

            connection.context = untrusted_context()

    def _application(
        self, environ: WSGIEnvironment, start_response: StartResponse
    ) -> Iterable[bytes]:
        request = _request_of(environ)
        try:
            response = self._response_to(request, environ)
        except HTTPException as error:
            response = text_response(str(error), error.code or 400)
        except Exception:
            _logger.exception("A request could not be answered")
            response = text_response("The provider failed; the log says why.", 500)
        if self._log is not None:
            self._log(request, response)
        body = _body_on_the_wire(response, environ["werkzeug.socket"])
        headers = [*response.header_pairs(), ("Content-Length", str(len(response.body)))]
        if response.wire is not None or self._expects_faults() or not _may_ask_again(environ):
            headers.append(("Connection", "close"))
        start_response(
            f"{response.status} {response.reason}",
            # WSGI's way to send UTF-8: a redirect URL may hold any letter.
            [(name, value.encode().decode("latin-1")) for name, value in headers],
        )
        return [] if environ["REQUEST_METHOD"] == "HEAD" else [body]

    def _response_to(self, request: Request, environ: WSGIEnvironment) -> Response:
        # Read once: another thread may end the test meanwhile.
        answer, control = self.answer, self.control
        body = _Body(environ).get_data() if request.method == "POST" else b""
        if control is not None and request.path == CONTROL_PATH:
            if request.method != "POST" or not _is_of_this_machine(environ):
                return text_response("Only POST from this machine, and from no web page.", 403)
            return control(body)
        if answer is None:
            return text_response("No test is using this server now.", 503)
        # If the certificate that nobody can trust was shown, the client went on all the same.
        context = getattr(environ["werkzeug.socket"], "context", None)
        return answer(
            request._replace(
                form=fields_in(body.decode(errors="replace")), verifies=context is self._tls
            )
        )


def _is_of_this_machine(environ: WSGIEnvironment) -> bool:
    """Whether a program on this machine asks, and not a web page in a browser on it."""
    host = host_of(f"//{environ.get('HTTP_HOST', '')}").name
    return (
        is_loopback(environ["REMOTE_ADDR"]) and is_loopback(host) and "HTTP_ORIGIN" not in environ
    )


class _WsgiServer(ThreadedWSGIServer):
    """Werkzeug's server, but the thread that lets a client in answers it, and another one follows.

    To start a thread for each client would cost more than to answer. There are as many as were
    ever busy at once, and one more; none is left behind.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.door = Door(self.socket)
        self.idle: set[socket.socket] = set()
        self._connections: set[socket.socket] = set()
        self._followers: list[threading.Thread] = []
        self._lock = threading.Lock()
        self._stopping = False

    def serve_forever(self, poll_interval: float = 0) -> None:
        while not self._stopping:
            client = self.door.admit()
            if client is not None:
                with contextlib.suppress(OSError):  # it may have gone already
                    self.process_request(*client)

    def process_request(self, request: Any, client_address: Any) -> None:
        if self.ssl_context is not None:
            # The handshake is left for later, when the client is known: it may have to be hung up.
            request = self.ssl_context.wrap_socket(
                request, server_side=True, do_handshake_on_connect=False
            )
        with self._lock:
            self._connections.add(request)
            if not self._stopping and len(self._connections) > len(self._followers):
                self._followers.append(_thread(self.serve_forever))
                self._followers[-1].start()
        if self._stopping:
            self.close_connections()
        self.process_request_thread(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        self.idle.discard(request)
        with self._lock:
            self._connections.discard(request)
        super().shutdown_request(request)

    def close_connections(self) -> None:
        with self._lock:
            _hang_up(self._connections)

    def close_idle_connections(self) -> None:
        _hang_up(self.idle.copy())

    def stop(self) -> None:
        with self._lock:
            self._stopping = True
        self.door.close()
        self.close_connections()
        while self._followers:
            self._followers.pop().join()


class _TlsConnection(ssl.SSLSocket):
    def __del__(self) -> None:
        # Where the client was gone by the time of `wrap_socket`, Python up to 3.11 leaves it open.
        self.close()


class _Handler(WSGIRequestHandler):
    server: _WsgiServer
    default_request_version = "HTTP/1.0"
    """For garbage: the base class's 0.9 would answer it with a page without a status line."""
    raw_requestline: bytes
    timeout = _LONGEST_SILENCE
    disable_nagle_algorithm = True

    def parse_request(self) -> bool:
        self.server.idle.discard(self.connection)
        # What is not ASCII is percent-encoded: the base class takes it for Latin-1, some of it
        # for blanks.
        self.raw_requestline = quote_from_bytes(self.raw_requestline, _ASCII).encode()
        return super().parse_request()

    def make_environ(self) -> WSGIEnvironment:
        # The target as it was sent. What the base classes would make of it, by decoding it and
        # by merging slashes, and would trip over, is not used.
        self.path = "/"
        return {**super().make_environ(), _TARGET: self.requestline.split()[1]}

    def run_wsgi(self) -> None:
        """Answer. Werkzeug's own would let no connection stand for a next request."""
        environ = self.make_environ()

        def start_response(
            status: str, headers: list[tuple[str, str]], exc_info: object = None
        ) -> Callable[[bytes], object]:
            code, _, reason = status.partition(" ")
            self.send_response(int(code), reason)
            for name, value in headers:
                self.send_header(name, value)
            if not self.close_connection:
                # Before the client has its answer: from then on a fault may be planned.
                self.server.idle.add(self.connection)
            self.end_headers()
            return self.wfile.write

        for data in self.server.app(environ, start_response):
            self.wfile.write(data)
        if _announces_a_body(environ):
            self._hear_out()

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        super().send_error(code, message, explain)
        self._hear_out()

    def _hear_out(self) -> None:
        # Closed with something unread, the connection would be reset, and the answer lost.
        self.connection.settimeout(_LONGEST_DRAIN)
        with contextlib.suppress(OSError):
            while self.rfile.read(_MOST_AT_ONCE):
                pass

    def log(self, type: str, message: str, *args: Any) -> None:  # noqa: A002
        """Write nothing: a request's line may hold secrets."""


class _Body(WsgiRequest):
    max_content_length = _LARGEST_FORM


def _announces_a_body(environ: WSGIEnvironment) -> bool:
    """Whether something may be left unread, which is not to be taken for a next request."""
    return "CONTENT_LENGTH" in environ or "HTTP_TRANSFER_ENCODING" in environ


def _may_ask_again(environ: WSGIEnvironment) -> bool:
    """Whether a next request can be told from what is left of this one, and its answer's end."""
    return environ["SERVER_PROTOCOL"] != "HTTP/1.0" and not _announces_a_body(environ)


def _hang_up(connections: Iterable[socket.socket]) -> None:
    for connection in connections:
        with contextlib.suppress(OSError):
            socket.socket.shutdown(connection, socket.SHUT_RDWR)


def _thread(work: Callable[[], None]) -> threading.Thread:
    return threading.Thread(target=work, name="lookloox-server", daemon=True)


def _body_on_the_wire(response: Response, connection: socket.socket) -> bytes:
    """What the client gets of the body; raises `ConnectionError` where the connection is over."""
    if response.wire is Wire.TRUNCATED:
        return response.body[: len(response.body) // 2]
    # What was to keep the request out does the next best where its connection stands already.
    if response.wire in (Wire.READ_TIMEOUT, Wire.CONNECT_TIMEOUT):
        wire.stall(connection)
        raise ConnectionAbortedError("the client gave up")
    if response.wire is Wire.TLS_ERROR:
        wire.garble(connection)
        raise ConnectionAbortedError("as the fault wants it")
    if response.wire is not None:
        wire.reset(connection)
        raise ConnectionResetError("as the fault wants it")
    if response.delay:
        wire.pause(connection, response.delay)
    return response.body


def _request_of(environ: WSGIEnvironment) -> Request:
    path, _, query = _SCHEME_AND_HOST.sub("", environ[_TARGET]).partition("?")
    return Request(
        environ["REQUEST_METHOD"],
        path or "/",
        query,
        headers={
            "Cookie": environ.get("HTTP_COOKIE", ""),
            "Accept-Language": environ.get("HTTP_ACCEPT_LANGUAGE", ""),
        },
    )


def _cannot_listen(host: str, port: int, error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"port {port} of {host} is in use; choose another, or 0 for any free one"
    return f"cannot listen on port {port} of {host}: {error.strerror}"
