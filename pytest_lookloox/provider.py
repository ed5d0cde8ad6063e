"""The one place that decides what the API answers: a state machine without any HTTP library.

A plain `Request` goes in and a plain `Response` comes out; `contract` says what is known of each
answer. Apps, users, auth_keys and tokens live here, for as long as a test lasts.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple
from urllib.parse import urlencode

from pytest_lookloox import contract, faults, pages
from pytest_lookloox.app import App
from pytest_lookloox.calls import Call
from pytest_lookloox.clock import Clock, Moment
from pytest_lookloox.conduct import Conduct
from pytest_lookloox.contract import Fact, is_blank
from pytest_lookloox.effects import ATTEMPT
from pytest_lookloox.exchange import (
    KEEPING_OUT,
    Request,
    Response,
    Wire,
    json_response,
    no_answer,
    page,
    redirect,
)
from pytest_lookloox.faults import FAULTS, Fault
from pytest_lookloox.language import preferred
from pytest_lookloox.scenarios import Scenario
from pytest_lookloox.user_info import UserInfo, build_user_info
from pytest_lookloox.variations import VARIATIONS


class _Login(NamedTuple):
    """Whose data a key or token opens, and for which app."""

    app_id: str
    user_id: str


@dataclass
class _Token:
    login: _Login
    issued_at: Moment
    past_its_hour: bool = False


class Provider:
    """Look Loox as the contract describes it; safe to be asked by many threads at once."""

    def __init__(
        self,
        *,
        token_lifetime: float,
        approved: bool,
        signed_in: bool,
        error_status: int,
    ) -> None:
        self.clock = Clock()
        self.conduct = Conduct()
        self.calls: list[Call] = []
        self.apps: dict[str, App] = {}
        self.users: dict[str, UserInfo] = {}
        self.visitor_id: str | None = None
        self.api_enabled = True
        self.scenarios: list[Scenario] = []
        self.variations: list[Scenario] = []
        self._doorkeeper: Callable[[Wire | None], None] | None = None
        self._token_lifetime = token_lifetime
        self._approved_by_all = approved
        self._signed_in = signed_in
        self._error_status = error_status
        self._disabled_apps: set[str] = set()
        self._approvals: set[tuple[str, str]] = set()
        self._unspent_keys: dict[str, _Login] = {}
        self._unspent_key_of: dict[_Login, str] = {}
        self._tokens: dict[str, _Token] = {}
        self._token_of: dict[_Login, str] = {}
        self._user_of_session: dict[str, str] = {}
        self._due: str | None = None
        self._handshakes = 0
        self._attempt = ""
        self._lock = threading.RLock()

    def handle(self, request: Request) -> Response:
        """Answer one request; what is asked of the API, and not of a page, is kept in `calls`."""
        page_action = self._page_action(request)
        with self._lock:
            if page_action is not None:
                return page_action(request)
            return self._handle_call(request)

    def register_app(self, app: App) -> None:
        """Register an app, or change a registered one; it is enabled afterwards."""
        with self._lock:
            self.apps[app.app_id] = app
            self.conduct.secrets.add(app.app_secret)
            self.conduct.registered(app.redirect_url)
            self._disabled_apps.discard(app.app_id)

    def disable_app(self, app_id: str) -> None:
        """From now on the app is answered like an unknown one."""
        with self._lock:
            self._disabled_apps.add(app_id)

    def approve(self, app_id: str, user_id: str) -> None:
        """The user lets the app read their profile."""
        with self._lock:
            self._approvals.add((app_id, user_id))

    def issue_auth_key(self, app_id: str, user_id: str) -> str:
        """A new auth_key; the user's earlier unspent one for this app is void (O)."""
        login = _Login(app_id, user_id)
        with self._lock:
            self._unspent_keys.pop(self._unspent_key_of.pop(login, ""), None)
            auth_key = self._new_secret()
            if not any(
                reused.strikes(auth_key) for reused in self._at_work(faults.REUSED_AUTH_KEY)
            ):
                self._unspent_keys[auth_key] = login
                self._unspent_key_of[login] = auth_key
            self._expect(contract.AUTHORIZE)
            return auth_key

    def callback_url(self, app: App, auth_key: str) -> str:
        """Where the user is sent with an auth_key."""
        with self._lock:
            if self._strikes(faults.MISSING_AUTH_KEY, auth_key):
                return app.redirect_url
            return app.callback_url(auth_key)

    def shows_a_bad_certificate(self) -> bool:
        """Whether `tls_error` befalls the call that is due; a door asks at every handshake."""
        with self._lock:
            if self._due is None:
                return False
            self._handshakes += 1
            return self._strikes(faults.TLS_ERROR, f"handshake {self._handshakes}", at=self._due)

    def keep_the_door(self, doorkeeper: Callable[[Wire | None], None] | None) -> None:
        """From now on a door that is a socket is told what keeps the next call from arriving.

        Once this returns, no thread that still answers tells the one before.
        """
        with self._lock:
            self._doorkeeper = doorkeeper
            self._tell_the_doorkeeper()

    def plan(self, scenario: Scenario) -> None:
        """From now on the fault befalls those who ask."""
        with self._lock:
            self.scenarios.append(scenario)
            self._tell_the_doorkeeper()

    def issue_access_token(self, app_id: str, user_id: str) -> str:
        """The user's token for the app: the present one within its hour, else a new one (O)."""
        login = _Login(app_id, user_id)
        with self._lock:
            access_token = self._token_of.get(login, "")
            if not access_token or self._is_expired(self._tokens[access_token]):
                self._tokens.pop(access_token, None)
                access_token = self._new_secret()
                self._tokens[access_token] = _Token(login, self.clock.now())
                self._token_of[login] = access_token
            self._expect(contract.GET_USER_INFO)
            return access_token

    def _handle_call(self, request: Request) -> Response:
        params = request.params()
        endpoint = contract.ENDPOINT_BY_PATH.get(request.path)
        response = self._faulty_answer(request, params, endpoint)
        self.conduct.asked(endpoint, params, response.fact)
        self.calls.append(
            Call(
                endpoint=endpoint,
                params=params,
                status=response.status,
                body=response.data,
                error=_error_in(response),
                method=request.method,
                path=request.path,
            )
        )
        return response

    def _faulty_answer(
        self, request: Request, params: dict[str, str], endpoint: str | None
    ) -> Response:
        """The answer, or what a fault leaves of it."""
        if endpoint not in (contract.AUTHORIZE, contract.GET_USER_INFO):
            return self._answer(request, params)
        self._due = None
        self._attempt = params.get(ATTEMPT) or str(len(self.calls))
        fault = self._fault_of_any_service(endpoint, request)
        if fault is not None and fault.barrier:
            response = no_answer(fault.barrier)
        elif fault is not None and fault.instead:
            response = fault.instead(request, self._attempt)
        else:
            response = self._varied(self._answer(request, params))
            if fault is not None and fault.spoil:
                response = fault.spoil(response)
        self._tell_the_doorkeeper()
        return response

    def _fault_of_any_service(self, endpoint: str, request: Request) -> Fault | None:
        """The fault that befalls this request, whatever it asks for."""
        for scenario in self.scenarios:
            fault = FAULTS[scenario.fault]
            if (
                not fault.is_of_the_api
                and endpoint in fault.endpoints
                and scenario.is_at(endpoint)
                and scenario.strikes(self._attempt)
            ):
                scenario.took_place = True
                # Who does not look at certificates goes on, and never knows.
                if fault.barrier != Wire.TLS_ERROR or request.verifies:
                    return fault
        return None

    def _varied(self, response: Response) -> Response:
        """The answer in an unusual form, if it is a good one and a variation says so."""
        if isinstance(response.data, dict) and "error" not in response.data:
            for scenario in self.variations:
                if scenario.strikes(self._attempt):
                    response = VARIATIONS[scenario.name].alter(response)
        return response

    def _answer(self, request: Request, params: dict[str, str]) -> Response:
        endpoint = contract.ENDPOINT_BY_PATH.get(request.path)
        if endpoint == contract.OAUTH:
            return self._oauth(params.get("app_id", ""), request)
        if endpoint == contract.AUTHORIZE:
            return self._authorize(params)
        if endpoint == contract.GET_USER_INFO:
            return self._get_user_info(params)
        if request.path.startswith(contract.API_PREFIX):
            return self._error(contract.OTHER_API_PATH)
        return page(contract.OTHER_PATH, pages.not_found_page(_language(request)), 404)

    def _oauth(self, app_id: str, request: Request) -> Response:
        visitor_id = self._visitor(request)
        if visitor_id is None:
            return self._sign_in_page(app_id, request)
        if is_blank(app_id):
            return page(contract.OAUTH_NO_APP_ID, pages.not_found_page(_language(request)), 404)
        if not self.api_enabled:
            return self._error_page(contract.OAUTH_API_DISABLED, request)
        if not self._is_usable(app_id):
            return self._error_page(contract.OAUTH_UNKNOWN_APP, request)
        if not self._approved_by_all and (app_id, visitor_id) not in self._approvals:
            consent = pages.consent_page(
                self.apps[app_id], self.users[visitor_id], _language(request)
            )
            return page(contract.OAUTH_CONSENT, consent)
        auth_key = self.issue_auth_key(app_id, visitor_id)
        return redirect(contract.OAUTH_REDIRECT, self.callback_url(self.apps[app_id], auth_key))

    def _page_action(self, request: Request) -> Callable[[Request], Response] | None:
        """What a button on one of the pages does, or `None` where the request is no such click."""
        if request.path not in (pages.SIGN_IN_PATH, pages.CONSENT_PATH):
            return None
        if (request.method, request.path) == ("GET", pages.SIGN_IN_PATH):
            return lambda request: self._sign_in_page("", request)
        actions = {pages.SIGN_IN_PATH: self._sign_in, pages.CONSENT_PATH: self._consent}
        return actions.get(request.path) if request.method == "POST" else None

    def _sign_in(self, request: Request) -> Response:
        user_id = request.form.get("user_id", "")
        app_id = request.form.get("app_id", "")
        if user_id not in self.users:
            return self._sign_in_page(app_id, request)
        session = _new_secret()
        self._user_of_session[session] = user_id
        login_url = f"{contract.LOGIN_PATH}?{urlencode({'app_id': app_id})}"
        return redirect(contract.OAUTH_SIGN_IN, login_url, session)

    def _consent(self, request: Request) -> Response:
        app_id = request.form.get("app_id", "")
        visitor_id = self._visitor(request)
        # In another tab the browser may have been signed in as somebody else meanwhile.
        is_theirs = request.form.get("user_id", visitor_id) == visitor_id
        if visitor_id is not None and is_theirs and self._is_usable(app_id):
            if request.form.get("decision") != "approve":
                refused = pages.refused_page(self.apps[app_id], _language(request))
                return page(contract.OAUTH_REFUSED, refused)
            self.approve(app_id, visitor_id)
        return self._oauth(app_id, request)

    def _sign_in_page(self, app_id: str, request: Request) -> Response:
        html = pages.sign_in_page([*self.users.values()], app_id, _language(request))
        return page(contract.OAUTH_SIGN_IN, html)

    def _visitor(self, request: Request) -> str | None:
        """The user who is signed in, in the browser that the request comes from."""
        everyone = self.visitor_id if self._signed_in else None
        visitor_id = self._user_of_session.get(request.session(), everyone)
        return visitor_id if visitor_id in self.users else None

    def _authorize(self, params: dict[str, str]) -> Response:
        app_id = params.get("app_id", "")
        auth_key = params.get("auth_key", "")
        if is_blank(app_id):
            return self._error(contract.AUTHORIZE_NO_APP_ID)
        if is_blank(params.get("app_secret")):
            return self._error(contract.AUTHORIZE_NO_APP_SECRET)
        if is_blank(auth_key):
            return self._error(contract.AUTHORIZE_NO_AUTH_KEY)
        if not self.api_enabled or self._strikes(faults.API_DISABLED, at=contract.AUTHORIZE):
            return self._error(contract.AUTHORIZE_API_DISABLED)
        if not self._is_usable(app_id) or self._strikes(faults.UNKNOWN_APP):
            return self._error(contract.AUTHORIZE_UNKNOWN_APP)
        wrong_secret = params["app_secret"] != self.apps[app_id].app_secret
        if wrong_secret or self._strikes(faults.WRONG_APP_SECRET):
            return self._error(contract.AUTHORIZE_WRONG_APP_SECRET)
        login = self._unspent_keys.get(auth_key)
        if login is None or login.app_id != app_id:
            self._note_reuse(auth_key)
            return self._error(contract.AUTHORIZE_BAD_AUTH_KEY)
        del self._unspent_keys[auth_key]
        del self._unspent_key_of[login]
        token = self.issue_access_token(login.app_id, login.user_id)
        if self._strikes(faults.EMPTY_ACCESS_TOKEN):
            return json_response(None, {"access_token": ""})
        if self._strikes(faults.MISSING_ACCESS_TOKEN):
            return json_response(None, {})
        return json_response(contract.AUTHORIZE_TOKEN, {"access_token": token})

    def _get_user_info(self, params: dict[str, str]) -> Response:
        access_token = params.get("access_token", "")
        if is_blank(access_token):
            return self._error(contract.USER_INFO_NO_TOKEN)
        if not self.api_enabled or self._strikes(faults.API_DISABLED, at=contract.GET_USER_INFO):
            return self._error(contract.USER_INFO_API_DISABLED)
        token = self._tokens.get(access_token)
        if token is None or self._strikes(faults.UNKNOWN_TOKEN):
            return self._error(contract.USER_INFO_UNKNOWN_TOKEN)
        if self._strikes(faults.EXPIRED_TOKEN, access_token):
            token.past_its_hour = True
        if self._is_expired(token):
            return self._error(contract.USER_INFO_EXPIRED_TOKEN)
        user_info = self.users.get(token.login.user_id)
        if user_info is None or self._strikes(faults.DELETED_USER):
            return json_response(contract.USER_INFO_NO_USER, [])
        if self._strikes(faults.EMPTY_USER_INFO):
            return json_response(contract.USER_INFO, {"user_info": build_user_info.empty()})
        if self._strikes(faults.MISSING_USER_INFO):
            return json_response(None, {})
        return json_response(contract.USER_INFO, {"user_info": dict(user_info)})

    def _new_secret(self) -> str:
        secret = _new_secret()
        self.conduct.secrets.add(secret)
        return secret

    def _is_usable(self, app_id: str) -> bool:
        return app_id in self.apps and app_id not in self._disabled_apps

    def _is_expired(self, token: _Token) -> bool:
        age = self.clock.seconds_since(token.issued_at)
        return token.past_its_hour or age > self._token_lifetime

    def _at_work(self, fault: str) -> list[Scenario]:
        return [scenario for scenario in self.scenarios if scenario.fault == fault]

    def _strikes(self, fault: str, subject: str = "", *, at: str = "") -> bool:
        """Whether a fault befalls the subject, or else this attempt, at this endpoint."""
        for scenario in self.scenarios:
            if (
                scenario.fault == fault
                and (not at or scenario.is_at(at))
                and scenario.strikes(subject or self._attempt)
            ):
                scenario.took_place = True
                return True
        return False

    def _note_reuse(self, auth_key: str) -> None:
        for reused in self._at_work(faults.REUSED_AUTH_KEY):
            reused.took_place |= reused.has_struck(auth_key)

    def _expect(self, endpoint: str) -> None:
        """The next call of a login is due: the one that uses the key or token handed out."""
        self._due = endpoint
        self._tell_the_doorkeeper()

    def _tell_the_doorkeeper(self) -> None:
        if self._doorkeeper is not None:
            self._doorkeeper(self._barrier())

    def _barrier(self) -> Wire | None:
        """What keeps every call from arriving while one is due, where a fault says so.

        A connection tells nothing of the endpoint before it stands, so a door that is a socket
        goes by what comes next in a login. Nobody hears of a client that was kept out: the fault
        counts as having taken place; and one that befalls so many attempts, which have to be
        counted, lets them arrive and befalls them then.
        """
        if self._due is not None:
            for scenario in self.scenarios:
                barrier = FAULTS[scenario.fault].barrier
                if barrier in KEEPING_OUT and scenario.is_endless and scenario.is_at(self._due):
                    scenario.took_place = True
                    return barrier
        return None

    def _error(self, fact: Fact) -> Response:
        return json_response(fact, {"error": True, "message": fact.message}, self._error_status)

    def _error_page(self, fact: Fact, request: Request) -> Response:
        return page(fact, pages.error_page(fact.message or "", _language(request)))


def _language(request: Request) -> str:
    return preferred(request.accept_language())


def _error_in(response: Response) -> str | None:
    if response.wire:
        return response.wire.value
    return response.fact.message if response.fact else None


def _new_secret() -> str:
    """32 lower-case hex digits, the form of auth_keys and access_tokens (O)."""
    return os.urandom(16).hex()
