"""The door for browsers and other clients: a real port. The one module that imports Werkzeug."""

from __future__ import annotations

import contextlib
import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.http import parse_cookie
from werkzeug.serving import ThreadedWSGIServer, WSGIRequestHandler
from werkzeug.wrappers import Request as WsgiRequest

from pytest_lookloox import wire
from pytest_lookloox.exchange import SESSION_COOKIE, Request, Response, Wire, text_response

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

Answer = Callable[[Request], Response]
"""What answers a request: `Provider.handle`."""

Control = Callable[[bytes], Response]
"""What answers `POST /_control`, given the body: see `control`."""

LOOPBACK = "127.0.0.1"
CONTROL_PATH = "/_control"
_LONGEST_START = 5.0
_LARGEST_FORM = 64 * 1024
_LONGEST_SILENCE = 30.0
_POLL_INTERVAL = 0.02
_LONGEST_REFUSAL = 5.0
_BACKLOG = 1024


class Server:
    """Listens on an address, in a thread, and lets `answer` reply, which may change meanwhile.

    A context manager: on leaving it, the socket and every thread and connection are gone. Raises
    `OSError` if the port is in use, `ValueError` if `host` is not loopback and `anywhere` was not
    asked for, and `TimeoutError` if the server does not start within 5 seconds.
    """

    def __init__(
        self,
        answer: Answer | None = None,
        *,
        host: str = LOOPBACK,
        port: int = 0,
        anywhere: bool = False,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        if not anywhere and not _is_loopback(host):
            raise ValueError(
                f"{host!r} is not a loopback address, and others could reach the server there; "
                f"listen on {LOOPBACK}, or ask for it with --beyond-loopback (anywhere=True)"
            )
        self.answer = answer
        self.control: Control | None = None
        self.host = host
        self._tls = tls
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        with socket.create_server((host, port), family=family, backlog=_BACKLOG) as listening:
            self._wsgi = _WsgiServer(host, port, self._application, _Handler, fd=listening.fileno())
        self._wsgi.ssl_context = tls
        self.port: int = self._wsgi.port
        self._started = threading.Event()
        self._thread = threading.Thread(target=self._serve, name="lookloox-server", daemon=True)

    @property
    def base_url(self) -> str:
        """Scheme, host and port, as clients on this machine reach it."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{'https' if self._tls else 'http'}://{host}:{self.port}"

    def __enter__(self) -> Server:
        """Start listening."""
        self._thread.start()
        if not self._started.wait(_LONGEST_START):
            raise TimeoutError(f"the server did not start within {_LONGEST_START:g} seconds")
        return self

    def __exit__(self, *_: object) -> None:
        """Stop at once, whatever is still being answered."""
        self._wsgi.shutdown()
        self.close_connections()
        self._thread.join()

    def wait(self) -> None:
        """Serve until somebody else stops it."""
        self._thread.join()

    def close_connections(self) -> None:
        """Hang up on every client."""
        self._wsgi.close_connections()

    def keep_the_door(self, barrier: Wire | None) -> None:
        """Let this keep new connections out, or `None` for nothing; for at most 5 seconds."""
        self._wsgi.keep_the_door(barrier)

    def _serve(self) -> None:
        self._started.set()
        self._wsgi.serve_forever(_POLL_INTERVAL)

    def _application(
        self, environ: WSGIEnvironment, start_response: StartResponse
    ) -> Iterable[bytes]:
        try:
            response = self._response_to(environ)
        except RequestEntityTooLarge:
            response = text_response("The request's body is too large.", 413)
        body = _body_on_the_wire(response, environ["werkzeug.socket"])
        headers = [
            ("Content-Type", response.content_type),
            ("Content-Length", str(len(response.body))),
            *response.headers,
        ]
        if response.location is not None:
            headers.append(("Location", response.location))
        if response.session is not None:
            cookie = f"{SESSION_COOKIE}={response.session}; Path=/; HttpOnly; SameSite=Lax"
            headers.append(("Set-Cookie", cookie))
        start_response(f"{response.status} {HTTPStatus(response.status).phrase}", headers)
        return [] if environ["REQUEST_METHOD"] == "HEAD" else [body]

    def _response_to(self, environ: WSGIEnvironment) -> Response:
        # The certificate that nobody can trust was shown, and the client went on all the same.
        context = getattr(environ["werkzeug.socket"], "context", None)
        request = _request_of(environ)._replace(verifies=context is self._tls)
        if self.control is not None and request.path == CONTROL_PATH:
            if request.method != "POST" or not _is_loopback(environ["REMOTE_ADDR"]):
                return text_response("Only POST from this machine.", 403)
            return self.control(_Body(environ).get_data())
        if self.answer is None:
            return text_response("No test is using this server now.", 503)
        return self.answer(request)


_SHUTTING = (Wire.CONNECTION_REFUSED, Wire.CONNECT_TIMEOUT)
"""Barriers that no connection passes; a bad certificate is shown to one that stands."""


class _WsgiServer(ThreadedWSGIServer):
    """Werkzeug's server, which here knows its connections and leaves no thread behind."""

    daemon_threads = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self._connections: set[socket.socket] = set()
        self._barrier: Wire | None = None
        self._barrier_ends = 0.0
        self._crowd: list[socket.socket] = []
        self._accepting = threading.Event()
        self._accepting.set()
        self._door = threading.RLock()
        self._stopping = False
        super().__init__(*args, **kwargs)

    def serve_forever(self, poll_interval: float = _POLL_INTERVAL) -> None:
        self.timeout = poll_interval
        while not self._stopping:
            self._accepting.wait(poll_interval)
            with self._door:
                if self._accepting.is_set():
                    self.handle_request()
                elif time.monotonic() > self._barrier_ends:
                    self.keep_the_door(None)
        self._disperse()
        self.server_close()

    def shutdown(self) -> None:
        self._stopping = True

    def keep_the_door(self, barrier: Wire | None) -> None:
        self._barrier_ends = time.monotonic() + _LONGEST_REFUSAL
        if barrier is self._barrier:
            return
        # Waits until the one who accepts is done, and keeps them from going on.
        self._accepting.clear()
        with self._door:
            if self._barrier in _SHUTTING:
                self._disperse()
                self.socket.listen(_BACKLOG)
            self._barrier = barrier
            if barrier is Wire.CONNECTION_REFUSED:
                self.socket = wire.shut(self.socket)
            elif barrier is Wire.CONNECT_TIMEOUT:
                self._crowd = wire.jam(self.socket)
            if barrier not in _SHUTTING:
                self._accepting.set()

    def get_request(self) -> tuple[Any, Any]:
        connection, address = self.socket.accept()
        if self.ssl_context is not None:
            # The handshake is left to the connection's own thread: a silent client must not
            # keep the others waiting.
            connection = self._context().wrap_socket(
                connection, server_side=True, do_handshake_on_connect=False
            )
        return connection, address

    def _context(self) -> Any:
        if self._barrier is not Wire.TLS_ERROR:
            return self.ssl_context
        from pytest_lookloox.tls import untrusted_context

        return untrusted_context()

    def _disperse(self) -> None:
        for waiting in self._crowd:
            waiting.close()
        self._crowd = []

    def process_request(self, request: Any, client_address: Any) -> None:
        self._connections.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        self._connections.discard(request)
        super().shutdown_request(request)

    def close_connections(self) -> None:
        for connection in list(self._connections):
            with contextlib.suppress(OSError):
                socket.socket.shutdown(connection, socket.SHUT_RDWR)


class _Handler(WSGIRequestHandler):
    timeout = _LONGEST_SILENCE
    disable_nagle_algorithm = True

    def log(self, type: str, message: str, *args: Any) -> None:  # noqa: A002
        """Write nothing: a request's line may hold secrets."""

    def connection_dropped(self, error: BaseException, environ: Any = None) -> None:
        """Let go of it."""
        self.close_connection = True


class _Body(WsgiRequest):
    max_content_length = _LARGEST_FORM


def _body_on_the_wire(response: Response, connection: socket.socket) -> bytes:
    """What the client gets of the body; raises `ConnectionError` where the connection is over."""
    if response.wire is Wire.TRUNCATED:
        return response.body[: len(response.body) // 2]
    if response.wire is Wire.READ_TIMEOUT:
        wire.stall(connection)
        raise ConnectionAbortedError("the client gave up")
    if response.wire is not None:
        # A refusal or a bad certificate, too, where the connection stands already.
        wire.reset(connection)
        raise ConnectionResetError("as the fault wants it")
    if response.delay:
        wire.pause(connection, response.delay)
    return response.body


def _request_of(environ: WSGIEnvironment) -> Request:
    # The target as it was sent: PATH_INFO is decoded, and merges leading slashes.
    target = environ["RAW_URI"]
    if not target.startswith("/"):
        parts = urlsplit(target)
        target = f"{parts.path or '/'}?{parts.query}"
    path, _, query = target.partition("?")
    method = environ["REQUEST_METHOD"]
    return Request(
        method,
        path,
        query,
        form=_Body(environ).form.to_dict() if method == "POST" else {},
        session=parse_cookie(environ).get(SESSION_COOKIE, ""),
        accept_language=environ.get("HTTP_ACCEPT_LANGUAGE", ""),
    )


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
