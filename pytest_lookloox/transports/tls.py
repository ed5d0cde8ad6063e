"""Certificates for a server that speaks https."""

from __future__ import annotations

import ssl
from pathlib import Path

import trustme


def server_context(ca_file: Path) -> ssl.SSLContext:
    """Return a context for a server on this machine; write its authority to `ca_file`, as PEM."""
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(ca_file))
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("127.0.0.1", "localhost").configure_cert(context)
    # A client that resumes a session does not look at the certificate. (TLS 1.2 also has session
    # ids, which cannot be turned off; hardly any client resumes by them.)
    context.options |= ssl.OP_NO_TICKET
    context.num_tickets = 0
    context.sslsocket_class = _SSLSocket
    return context


def untrusted_context() -> ssl.SSLContext:
    """Return a context whose certificate is signed by an authority that no client knows."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    trustme.CA().issue_cert("127.0.0.1", "localhost").configure_cert(context)
    return context


class _SSLSocket(ssl.SSLSocket):
    def __del__(self) -> None:
        # Up to Python 3.11 `wrap_socket` leaves it open if the client is gone by then.
        self.close()
