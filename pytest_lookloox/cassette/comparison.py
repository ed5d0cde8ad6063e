"""A request that is not in a recording, compared with what is."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from pytest_lookloox.cassette.model import Cassette, Exchange
from pytest_lookloox.contract import is_blank
from pytest_lookloox.exchange import Request
from pytest_lookloox.masking import masked_query

_SAME = "the same"
_WAY_OUT = (
    "Let the client send what was recorded, in the recorded order and with the values of "
    "lookloox_app; or record anew: python -m pytest_lookloox record --help"
)

StandsFor = Callable[[str, str], bool]


class Comparison(NamedTuple):
    """How a request differs from a recorded one, parameter by parameter."""

    exchange: Exchange
    same_method: bool
    same_path: bool
    params: Mapping[str, str]
    used: bool

    @property
    def is_same(self) -> bool:
        """Whether the recorded answer fits the request."""
        return self.same_method and self.same_path and set(self.params.values()) <= {_SAME}

    @property
    def nearness(self) -> tuple[bool, bool, bool, int]:
        """The greater, the nearer."""
        same = sum(1 if verdict == _SAME else -1 for verdict in self.params.values())
        return self.same_path, self.same_method, not self.used, same


def is_same_endpoint(exchange: Exchange, request: Request) -> bool:
    """Whether the request asks what the recorded one asked, whatever its parameters."""
    return (request.method, request.path) == (exchange.method, exchange.path)


def compared(
    exchange: Exchange,
    request: Request,
    params: Mapping[str, str],
    stands_for: StandsFor,
    *,
    used: bool,
) -> Comparison:
    """Compare a request with a recorded one."""
    recorded = exchange.params
    return Comparison(
        exchange,
        request.method == exchange.method,
        request.path == exchange.path,
        {
            name: _verdict(recorded.get(name), params.get(name), stands_for)
            for name in {**recorded, **params}
        },
        used,
    )


def not_recorded(
    cassette: Cassette,
    request: Request,
    params: Mapping[str, str],
    comparisons: Sequence[Comparison],
) -> str:
    """What to tell about a request that the recording does not hold, or not at this point."""
    shown = f"{request.method} {request.path}{masked_query(params)}"
    lines = [f"The recording {cassette.name!r} ({cassette.file}) does not hold {shown}."]
    if not comparisons:
        return f"{lines[0]} It holds no request at all."
    nearest = max(comparisons, key=lambda comparison: comparison.nearness)
    lines.append(
        f"The nearest is in line {nearest.exchange.line}: {nearest.exchange.request_line}"
        f"{', which was answered already' if nearest.used else ''}"
    )
    width = max(map(len, nearest.params), default=0)
    lines.extend(f"  {name:{width}}  {verdict}" for name, verdict in nearest.params.items())
    if nearest.is_same and not nearest.used:
        lines.append("It comes later: another request of this endpoint is recorded before it.")
    return "\n".join([*lines, f"{_WAY_OUT}."])


def not_used_up(cassette: Cassette, unused: Sequence[Exchange]) -> str:
    """What to tell about requests that were recorded and never made."""
    rest = "; ".join(f"line {exchange.line}: {exchange.request_line}" for exchange in unused)
    return (
        f"The recording {cassette.name!r} ({cassette.file}) was not used up: the client never sent "
        f"{rest}. Let it go that far, or choose another recording."
    )


def _verdict(recorded: str | None, sent: str | None, stands_for: StandsFor) -> str:
    if recorded is None:
        return "sent, but not recorded"
    if sent is None:
        return "recorded, but not sent"
    if stands_for(recorded, sent):
        return _SAME
    if is_blank(recorded):
        return "recorded blank, sent with a value"
    return "sent blank" if is_blank(sent) else "another value than the recorded one"
