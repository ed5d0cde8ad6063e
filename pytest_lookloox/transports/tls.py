"""Certificates for a server that speaks https."""

from __future__ import annotations

import ssl
from pathlib import Path

try:
    import trustme
except ModuleNotFoundError as error:
    needed = "https needs an extra: pip install 'pytest-lookloox[tls]'"
    raise ModuleNotFoundError(f"{needed} ({error})") from None

_NAMES = ("127.0.0.1", "::1", "localhost")


def server_context(ca_file: Path, host: str) -> ssl.SSLContext:
    """Return a context for a server on this machine, which clients may also reach as `host`.

    Its authority is the one in `ca_file`, with its key in a file beside it; both are written, as
    PEM, if they do not exist. Raises `ValueError` for other files of these names.
    """
    key_file = Path(f"{ca_file}.key")
    if ca_file.exists() or key_file.exists():
        try:
            authority = trustme.CA.from_pem(ca_file.read_bytes(), key_file.read_bytes())
        except (OSError, ValueError):
            raise ValueError(
                f"{ca_file} and {key_file} are not both there from an earlier run, and are not "
                "overwritten; name another file"
            ) from None
    else:
        authority = trustme.CA()
        # With this key, any server could deceive the clients that trust the authority.
        key_file.touch(0o600)
        authority.private_key_pem.write_to_path(str(key_file))
        authority.cert_pem.write_to_path(str(ca_file))
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert(*{*_NAMES, host}).configure_cert(context)
    # A client that resumes a session does not look at the certificate. (TLS 1.2 also has session
    # ids, which cannot be turned off; hardly any client resumes by them.)
    context.options |= ssl.OP_NO_TICKET
    context.num_tickets = 0
    return context


def untrusted_context() -> ssl.SSLContext:
    """Return a context whose certificate is signed by an authority that no client knows."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    trustme.CA().issue_cert(*_NAMES).configure_cert(context)
    return context
