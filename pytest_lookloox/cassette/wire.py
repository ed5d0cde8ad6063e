"""Real requests, for recordings. With `stubs`, the only module that imports `requests`: late."""

from __future__ import annotations

from urllib.parse import urlencode

from pytest_lookloox.cassette.model import Exchange

_TIMEOUT = 30
# They speak of the connection and of the moment, not of the answer.
_LEFT_OUT = frozenset(
    (
        "connection",
        "content-encoding",
        "content-length",
        "date",
        "keep-alive",
        "server",
        "transfer-encoding",
    )
)


def get(base_url: str, path: str, params: dict[str, str]) -> Exchange:
    """Ask, without following redirects; raises `ConnectionError`, whose text holds no secret."""
    import requests

    url = f"{base_url}{path}{f'?{urlencode(params)}' if params else ''}"
    try:
        response = requests.get(url, allow_redirects=False, timeout=_TIMEOUT)
    except requests.RequestException as error:
        # Its own text holds the URL, with the secret in it.
        raise ConnectionError(f"{base_url}{path} cannot be asked: {type(error).__name__}") from None
    return Exchange(
        method="GET",
        url=url,
        status=response.status_code,
        headers=tuple(
            (name, value)
            for name, value in response.raw.headers.items()
            if name.lower() not in _LEFT_OUT
        ),
        body=response.content,
    )
