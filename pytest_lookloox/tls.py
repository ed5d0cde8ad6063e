"""Certificates for a server that speaks https. The one module that imports trustme."""

from __future__ import annotations

import ssl
from pathlib import Path

import trustme


def server_context(ca_file: Path) -> ssl.SSLContext:
    """A context for a server on this machine; its authority is written to `ca_file` as PEM."""
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(ca_file))
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("127.0.0.1", "localhost").configure_cert(context)
    # A session that is resumed would spare the client its look at the certificate. (TLS 1.2 has
    # session ids, too, which cannot be turned off; hardly a client resumes by them.)
    context.options |= ssl.OP_NO_TICKET
    context.num_tickets = 0
    return context


def untrusted_context() -> ssl.SSLContext:
    """A context whose certificate is by an authority that nobody knows."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    trustme.CA().issue_cert("127.0.0.1", "localhost").configure_cert(context)
    return context
