"""The browser's leg: who is signed in, and what the buttons on the pages do."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from pytest_lookloox.provider import facts, pages, reasons
from pytest_lookloox.provider.http import Request, Response, redirect
from pytest_lookloox.provider.pages import CONSENT_PATH, SIGN_IN_PATH

if TYPE_CHECKING:
    from pytest_lookloox.provider.api import Provider

_STEPS = {("GET", SIGN_IN_PATH), ("POST", SIGN_IN_PATH), ("POST", CONSENT_PATH)}


def visitor_of(provider: Provider, request: Request) -> str | None:
    """Return the `user_id` of the user who is signed in in the request's browser, or `None`."""
    without_session = provider.visitor_id if provider.signed_in else None
    user_id = provider.user_by_session.get(request.session(), without_session)
    return user_id if user_id in provider.users else None


def answer_page(provider: Provider, request: Request) -> Response:
    """Answer a request for an address outside `/api/`."""
    if not is_page(request):
        return pages.not_found_page(request, facts.OTHER_PATH, reasons.OUTSIDE)
    form = request.form()
    app_id, user_id = form.get("app_id", ""), form.get("user_id")
    if request.path == CONSENT_PATH:
        visitor_id = visitor_of(provider, request)
        # Another tab may have signed this browser in as another user since the page was shown.
        is_same_user = user_id in (visitor_id, None)
        if visitor_id is not None and is_same_user and provider.is_usable(app_id):
            if form.get("decision") != "approve":
                return pages.refused_page(request, provider.apps[app_id])
            provider.approve(app_id, visitor_id)
        return provider.oauth(request, app_id)
    if user_id not in provider.users:
        return pages.sign_in_page(request, list(provider.users.values()), app_id)
    login_url = f"{facts.LOGIN_PATH}?{urlencode({'app_id': app_id})}"
    return redirect(login_url, facts.OAUTH_SIGN_IN, _new_session(provider, user_id))


def answer_home(provider: Provider, request: Request) -> Response:
    """Answer a request for `/` under `serve`; a POST signs a user in, or out without a user_id."""
    with provider.lock:
        if request.method == "POST":
            user_id = request.form().get("user_id", "")
            return redirect("/", session=_new_session(provider, user_id))
        apps = [app for app in provider.apps.values() if provider.is_usable(app.app_id)]
        visitor_id = visitor_of(provider, request)
        visitor = None if visitor_id is None else provider.users[visitor_id]
        return pages.home_page(request, apps, list(provider.users.values()), visitor)


def is_page(request: Request) -> bool:
    """Return whether this is a step on one of the pages, which is not a call of the API."""
    return (request.method, request.path) in _STEPS


def _new_session(provider: Provider, user_id: str) -> str:
    session = os.urandom(16).hex()
    provider.user_by_session[session] = user_id
    return session
