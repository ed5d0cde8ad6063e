"""The provider on a real port, for browsers and every HTTP client."""

from __future__ import annotations

import logging
import os
import select
import socket
import socketserver
import ssl
import struct
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any
from urllib.parse import quote_from_bytes

from pytest_lookloox.provider.http import (
    NotRecorded,
    Request,
    Response,
    TransportFault,
    text_response,
)
from pytest_lookloox.provider.urls import host_of, is_loopback

Handler = Callable[[Request], Response]

LOOPBACK = "127.0.0.1"
# A fatal alert of TLS 1.2, as its RFC 5246 writes it.
_BAD_CERTIFICATE = b"\x15\x03\x03\x00\x02\x02\x2a"
_FORBIDDEN = text_response("Only POST from this machine, and from no web page.", 403)
_UNUSED = text_response("No test is using this server now.", 503)
_LONGEST_BODY = 1_000_000
_logger = logging.getLogger(__name__)


class Server(socketserver.ThreadingTCPServer):
    """A listening port and its threads; a context manager, which stops them.

    `base_url` is how clients on this machine reach it. Raises `OSError` if it cannot listen on the
    port, and `ValueError` for a `host` that is not loopback unless `anywhere` is set. With
    `ca_file` it speaks https, and clients must trust the authority in that file, which is written
    if it does not exist. `control` answers `POST /_control`.
    """

    request_queue_size = 1024
    # Where addresses may be reused, a port that is in use would not be noticed on Windows.
    allow_reuse_address = os.name == "posix"

    def __init__(
        self,
        *,
        host: str = LOOPBACK,
        port: int = 0,
        anywhere: bool = False,
        ca_file: Path | None = None,
    ) -> None:
        if not anywhere and not is_loopback(host):
            raise ValueError(
                f"{host!r} is not a loopback address, and others could reach the server there; "
                f"listen on {LOOPBACK}, or ask for it with --beyond-loopback (anywhere=True)"
            )
        self.ca_file = None if ca_file is None else str(ca_file)
        self.tls: ssl.SSLContext | None = None
        self.control: Handler | None = None
        self._handler: Handler | None = None
        self._is_untrusted_certificate_due: Callable[[], bool] = lambda: False
        self._connections: set[socket.socket] = set()
        self._lock = threading.Lock()
        self._pool = ThreadPoolExecutor(1024, "lookloox-connection")
        self._thread = threading.Thread(
            target=self.serve_forever, args=(0.05,), name="lookloox-server", daemon=True
        )
        if ca_file is not None:
            from pytest_lookloox.transports.tls import server_context

            self.tls = server_context(ca_file, host)
            self.tls.sni_callback = self._choose_certificate
        self.address_family = socket.AF_INET6 if ":" in host else socket.AF_INET
        try:
            super().__init__((host, port), _RequestHandler)
        except (OSError, OverflowError) as error:
            raise OSError(
                f"cannot listen on port {port} of {host}: {str(error).rstrip('.')}; "
                "choose another port up to 65535, or 0 for any free one"
            ) from None
        self.port: int = self.server_address[1]
        # How this machine reaches a server that listens on every address.
        name = {"0.0.0.0": LOOPBACK, "::": "::1"}.get(host, host)
        scheme = "http" if ca_file is None else "https"
        self.base_url = f"{scheme}://{f'[{name}]' if ':' in name else name}:{self.port}"

    def __enter__(self) -> Server:
        """Start to accept connections."""
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop at once, whatever is still being answered."""
        self.shutdown()
        self._thread.join()
        self.server_close()
        self._stop_serving()
        self._pool.shutdown()

    def wait(self) -> None:
        """Wait until another thread stops the server."""
        while self._thread.is_alive():
            # In turns: on Windows, Ctrl-C does not reach a thread that waits without a time-out.
            self._thread.join(1)

    @contextmanager
    def serving(
        self, handler: Handler, is_untrusted_certificate_due: Callable[[], bool] = lambda: False
    ) -> Iterator[None]:
        """Let this handler answer; afterwards cut every connection."""
        self._handler = handler
        self._is_untrusted_certificate_due = is_untrusted_certificate_due
        try:
            yield
        finally:
            self._stop_serving()

    def answer(self, request: Request, connection: socket.socket, client_host: str) -> Response:
        """Answer a request; return an error response if the handler fails."""
        try:
            if self.control is not None and request.path == "/_control":
                host = host_of(f"//{request.header('Host')}").name
                is_local = is_loopback(client_host) and is_loopback(host)
                is_allowed = request.method == "POST" and is_local and not request.header("Origin")
                return self.control(request) if is_allowed else _FORBIDDEN
            with self._lock:
                # A request that is cut at the end of a test looks complete, and is not the next's.
                is_open = connection in self._connections
                return self._handler(request) if self._handler and is_open else _UNUSED
        except NotRecorded as error:
            return text_response(str(error), 501)
        except Exception:
            _logger.exception("A request could not be answered")
            return text_response("The provider failed; the log says why.", 500)

    def get_request(self) -> tuple[socket.socket, Any]:
        """Accept a connection."""
        connection, address = super().get_request()
        if self.tls is not None:
            # The handshake is made in the connection's own thread, when it first reads.
            connection = self.tls.wrap_socket(
                connection, server_side=True, do_handshake_on_connect=False
            )
        return connection, address

    def process_request(self, request: Any, client_address: Any) -> None:
        """Serve a connection in a thread of the pool: to start one costs more than to answer."""
        with self._lock:
            self._connections.add(request)
        self._pool.submit(self.process_request_thread, request, client_address)

    def shutdown_request(self, request: Any) -> None:
        """End a connection."""
        with self._lock:
            self._connections.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Log what went wrong, unless the client is gone."""
        if not isinstance(sys.exc_info()[1], OSError):
            _logger.exception("A connection could not be served")

    def _stop_serving(self) -> None:
        # With the lock, an answer that is being made is completed first.
        with self._lock:
            self._handler = None
            for connection in self._connections:
                with suppress(OSError):
                    socket.socket.shutdown(connection, socket.SHUT_RDWR)
            self._connections.clear()

    def _choose_certificate(self, connection: Any, name: str | None, context: Any) -> None:
        if self._handler and self._is_untrusted_certificate_due():
            from pytest_lookloox.transports.tls import untrusted_context

            connection.context = untrusted_context()


class _RequestHandler(BaseHTTPRequestHandler):
    server: Server
    protocol_version = "HTTP/1.1"
    raw_requestline: bytes
    timeout = 30.0
    disable_nagle_algorithm = True

    def parse_request(self) -> bool:
        # The base class takes bytes beyond ASCII for Latin-1, some of it for blanks.
        self.raw_requestline = quote_from_bytes(self.raw_requestline, bytes(range(128))).encode()
        return super().parse_request()

    def __getattr__(self, name: str) -> Any:
        # The base class looks for a method named after the request's, such as do_GET.
        if name.startswith("do_"):
            return self._answer
        raise AttributeError(name)

    def log_message(self, *args: Any) -> None:
        """Print nothing: a request line may contain secrets."""

    def finish(self) -> None:
        # Closed while a body is unread, the connection would be reset, and the answer lost.
        with suppress(OSError):
            self.request.shutdown(socket.SHUT_WR)
            self._read_to_the_end(0.2)
        super().finish()

    def _read_to_the_end(self, patience: float | None) -> None:
        self.request.settimeout(patience)
        while self.rfile.read(65536):
            pass

    def _answer(self) -> None:
        # One request a connection: a client may silently repeat a request over a connection that
        # was open before, and would never see the fault.
        self.close_connection = True
        try:
            host_of(f"//{self.headers.get('Host', '')}")  # one that is malformed is refused
            body = self._read_body()
        except ValueError:
            self.send_error(400)
            return
        if len(body) > _LONGEST_BODY:
            self.send_error(413)
            return
        # Not self.path, in which the base class merges slashes.
        path, _, query = self.requestline.split()[1].partition("?")
        verifies = self.server.tls is None or self.connection.context is self.server.tls
        headers = {name.title(): value for name, value in self.headers.items()}
        request = Request(self.command, path, query, headers, body, verifies=verifies)
        self._send(self.server.answer(request, self.request, self.client_address[0]))

    def _read_body(self) -> bytes:
        """Return the body, of one that is too long only a part; raise `ValueError` for nonsense."""
        if "chunked" not in self.headers.get("Transfer-Encoding", "").lower():
            return self._read_part(int(self.headers.get("Content-Length", "0")))
        body = b""
        while len(body) <= _LONGEST_BODY:
            size = int(self.rfile.readline().partition(b";")[0], 16)
            if not size:
                break
            body += self._read_part(size)
            self.rfile.readline()
        return body

    def _read_part(self, size: int) -> bytes:
        if size < 0:
            raise ValueError("a negative size would mean: all that the client ever sends")
        return self.rfile.read(min(size, _LONGEST_BODY + 1))

    def _send(self, response: Response) -> None:
        if response.delay:
            # Readable, too, when the client gives up or the connection is cut.
            select.select([self.connection], [], [], response.delay)
        if response.fault in (TransportFault.READ_TIMEOUT, TransportFault.CONNECT_TIMEOUT):
            self._read_to_the_end(None)
        elif response.fault is TransportFault.TLS_ERROR and self.server.tls is not None:
            # Past the encryption, which is in the methods of an SSLSocket.
            socket.socket.sendall(self.connection, _BAD_CERTIFICATE)
        elif response.fault not in (None, TransportFault.TRUNCATED):
            # Without time to linger, closing the socket resets the connection. The files made of
            # the connection would keep it open.
            linger = struct.pack("ii", 1, 0)
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            socket.close(self.connection.detach())
        else:
            self._send_http(response)

    def _send_http(self, response: Response) -> None:
        self.send_response_only(response.status)
        own = ("Content-Length", str(len(response.body))), ("Connection", "close")
        for name, value in (*response.headers, *own):
            # As UTF-8: a redirect URL may contain any letter.
            self.send_header(name, value.encode().decode("latin-1"))
        self.end_headers()
        if self.command != "HEAD":
            end = len(response.body) // (2 if response.fault else 1)
            self.wfile.write(response.body[:end])
