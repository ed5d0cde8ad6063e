"""The door for browsers and other clients: a real port. The one module that imports Werkzeug."""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.http import parse_cookie
from werkzeug.serving import ThreadedWSGIServer, WSGIRequestHandler
from werkzeug.wrappers import Request as WsgiRequest

from pytest_lookloox.exchange import SESSION_COOKIE, Request, Response, text_response
from pytest_lookloox.urls import is_loopback

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
        if not anywhere and not is_loopback(host):
            raise ValueError(
                f"{host!r} is not a loopback address, and others could reach the server there; "
                f"listen on {LOOPBACK}, or ask for it with --beyond-loopback (anywhere=True)"
            )
        self.answer = answer
        self.control: Control | None = None
        self.host = host
        self._tls = tls
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        with socket.create_server((host, port), family=family, backlog=1024) as listening:
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
        headers = [*response.header_pairs(), ("Content-Length", str(len(response.body)))]
        if response.session is not None:
            cookie = f"{SESSION_COOKIE}={response.session}; Path=/; HttpOnly; SameSite=Lax"
            headers.append(("Set-Cookie", cookie))
        start_response(f"{response.status} {HTTPStatus(response.status).phrase}", headers)
        return [] if environ["REQUEST_METHOD"] == "HEAD" else [response.body]

    def _response_to(self, environ: WSGIEnvironment) -> Response:
        request = _request_of(environ)
        if self.control is not None and request.path == CONTROL_PATH:
            if request.method != "POST" or not is_loopback(environ["REMOTE_ADDR"]):
                return text_response("Only POST from this machine.", 403)
            return self.control(_Body(environ).get_data())
        if self.answer is None:
            return text_response("No test is using this server now.", 503)
        return self.answer(request)


class _WsgiServer(ThreadedWSGIServer):
    """Werkzeug's server, which here knows its connections and leaves no thread behind."""

    daemon_threads = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self._connections: set[socket.socket] = set()
        super().__init__(*args, **kwargs)

    def get_request(self) -> tuple[Any, Any]:
        connection, address = self.socket.accept()
        if self.ssl_context is not None:
            # The handshake is left to the connection's own thread: a silent client must not
            # keep the others waiting.
            connection = self.ssl_context.wrap_socket(
                connection, server_side=True, do_handshake_on_connect=False
            )
        return connection, address

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


class _Body(WsgiRequest):
    max_content_length = _LARGEST_FORM


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
