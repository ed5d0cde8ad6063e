"""The one place where faults and variations are applied: in front of the provider."""

from __future__ import annotations

import copy
import itertools
import time
from dataclasses import KW_ONLY, dataclass, field
from functools import partial

from pytest_lookloox.faults.catalogue import EXPIRED_TOKEN, REUSED_AUTH_KEY, TLS_ERROR
from pytest_lookloox.faults.effects import ATTEMPT_PARAMETER, Attempt, Handler
from pytest_lookloox.faults.fault import Fault
from pytest_lookloox.provider import facts
from pytest_lookloox.provider.api import Provider
from pytest_lookloox.provider.facts import Fact
from pytest_lookloox.provider.http import Request, Response, redirect
from pytest_lookloox.provider.models import App
from pytest_lookloox.provider.pages import CONSENT_PATH

__tracebackhide__ = True

_NEXT_ENDPOINT: dict[Fact | None, str] = {
    facts.OAUTH_REDIRECT: facts.AUTHORIZE,
    facts.AUTHORIZE_TOKEN: facts.GET_USER_INFO,
}
_SUBJECT_PARAMETER = {REUSED_AUTH_KEY: "auth_key", EXPIRED_TOKEN: "access_token"}


def require_times(times: int | None) -> None:
    """Raise `TypeError` or `ValueError` for anything but 1 or more, or `None` for every time."""
    if times is not None and (isinstance(times, bool) or not isinstance(times, int)):
        raise TypeError(f"times must be a whole number or None, not {type(times).__name__}")
    if times is not None and times < 1:
        raise ValueError(f"times must be 1 or more, not {times}; leave it out for every time")


@dataclass(eq=False, repr=False)
class PlannedFault:
    """A fault that a test asked for, by `origin`, a marker for example.

    It happens every time, or to the first `times` subjects: attempts, keys or tokens. If
    `required`, the test fails where it does not take effect. `place` is the line of the test's
    body that asked for it, if one did.
    """

    fault: Fault
    times: int | None = None
    _: KW_ONLY
    required: bool = False
    place: tuple[str, int] | None = None
    origin: str = ""
    took_effect: bool = False
    _subjects: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        require_times(self.times)
        self.origin = self.origin or f"fault {self.fault}"
        self.why_missed = self.fault.why_missed

    def is_due(self, endpoint: str, attempt: Attempt) -> bool:
        """Return whether the fault should be applied at this endpoint to this attempt."""
        is_turn = self.times is None or len(self._subjects) < self.times
        is_repeated = self._subject(attempt) in self._subjects
        return endpoint in self.fault.endpoints and (is_turn or is_repeated)

    def apply(self, attempt: Attempt, request: Request) -> Response:
        """Answer a request of the attempt with the fault, and note whether it took effect."""
        response, took_effect = self.fault.effect(attempt._replace(request=request))
        if took_effect:
            self.took_effect = True
            if self.times is not None:
                self._subjects.add(self._subject(attempt))
            response = response._replace(reason=f"the {self.origin} took effect")
        # A copy: a test may change what it finds in `calls`, and effects use their data again.
        return response._replace(data=copy.deepcopy(response.data))

    def _subject(self, attempt: Attempt) -> str:
        parameter = _SUBJECT_PARAMETER.get(self.fault.name)
        return attempt.param(parameter) if parameter else attempt.number


class FaultInjector:
    """Answers every request through the provider and the faults and variations that are due.

    `planned` are the faults, and `variations` the forms of good answers, that a test asked for.
    """

    def __init__(self, provider: Provider) -> None:
        self.planned: list[PlannedFault] = []
        self._provider = provider
        self.variations: list[PlannedFault] = []
        self._numbers = map(str, itertools.count())
        self._expected_endpoint: str | None = None
        self._expected_until = 0.0

    def handle(self, request: Request) -> Response:
        """Answer one request."""
        return self._answer(request, self._provider.handle)

    def callback_url(self, app: App, auth_key: str) -> str:
        """Return the address to which a user who approved is sent with this auth_key."""
        visit = Request("GET", facts.LOGIN_PATH)
        answer = redirect(app.callback_url(auth_key), facts.OAUTH_REDIRECT)
        with self._provider.lock:
            return self._answer(visit, lambda _: answer).header("Location") or ""

    def expect(self, endpoint: str | None) -> None:
        """Assume that the next TLS handshake belongs to a call of this endpoint."""
        self._expected_endpoint = endpoint
        self._expected_until = _seconds() + 5

    def is_untrusted_certificate_due(self) -> bool:
        """Return whether the next TLS handshake should use an untrusted certificate.

        A handshake does not tell its endpoint, so the next step of a login is assumed, for five
        seconds: after that, a browser must be able to begin a new login.
        """
        with self._provider.lock:
            endpoint = self._expected_endpoint
            if not endpoint or _seconds() > self._expected_until:
                return False
            attempt = self._attempt(Request("GET", ""), self._provider.handle)
            for planned in self.planned:
                if planned.fault.name == TLS_ERROR and planned.is_due(endpoint, attempt):
                    planned.apply(attempt, attempt.request)
                    return True
            return False

    def _answer(self, request: Request, answer: Handler) -> Response:
        # Consent ends in the same redirect to the app as a visit to the login link.
        is_consent = request.path == CONSENT_PATH
        endpoint = facts.OAUTH if is_consent else facts.ENDPOINT_BY_PATH.get(request.path)
        if endpoint is None:
            return answer(request)
        if self.planned or self.variations:
            response = self._with_faults(endpoint, self._attempt(request, answer))
        else:
            response = answer(request)
        self.expect(_NEXT_ENDPOINT.get(response.fact))
        return response

    def _attempt(self, request: Request, answer: Handler) -> Attempt:
        number = request.query_params().get(ATTEMPT_PARAMETER) or next(self._numbers)
        return Attempt(request, number, self._provider, answer)

    def _with_faults(self, endpoint: str, attempt: Attempt) -> Response:
        """Answer with the faults that are due, each around the ones before it.

        An attempt has at most one fault of the service or network: a second one would hide it.
        """
        asked_for = (*self.planned, *self.variations)
        due = [planned for planned in asked_for if planned.is_due(endpoint, attempt)]
        of_the_api = [planned for planned in due if planned.fault.is_of_the_api]
        others = [planned for planned in due if not planned.fault.is_of_the_api]
        answer = attempt.answer
        for planned in (*of_the_api, *others[:1]):
            answer = partial(planned.apply, attempt._replace(answer=answer))
        for planned in others[1:]:
            planned.why_missed = f"the {others[0].origin} came first"
        return answer(attempt.request)


def _seconds() -> float:
    """Return the seconds on a clock that no test stops or moves, where the system has one."""
    # freezegun replaces time.monotonic.
    has_own = hasattr(time, "clock_gettime")
    return time.clock_gettime(time.CLOCK_MONOTONIC) if has_own else time.monotonic()
