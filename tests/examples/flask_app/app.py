"""A website with "Log in with Look Loox": a Flask app that asks the API with plain `requests`."""

from __future__ import annotations

import json
import logging
from html import unescape
from typing import Any
from urllib.parse import urlencode

import requests
from flask import Blueprint, Flask, current_app, redirect, render_template_string, request, session
from flask.typing import ResponseReturnValue

log = logging.getLogger(__name__)
site = Blueprint("site", __name__)

# The session's mark that a login has begun, and the two values it can have.
LOGIN_BEGUN = "lookloox_login_begun"
FIRST_ATTEMPT = "first attempt"
SECOND_ATTEMPT = "second attempt"

PAGE = """<!doctype html>
<title>A website</title>
{% if problem %}<p>{{ problem }}</p>{% endif %}
{% if user %}<p>Welcome, {{ user.name }}</p>
{% else %}<p><a href="/login">Log in with Look Loox</a></p>{% endif %}
"""


class LoginError(Exception):
    """The login failed; the message is fit for the log: it holds no secret."""

    def __init__(self, message: str, answer: str = "") -> None:
        super().__init__(message)
        self.token_expired = "expired access_token" in answer
        self.nothing_received = "invalid app_id" in answer


def create_app(**config: str) -> Flask:
    """The app; wants SECRET_KEY and LOOKLOOX_BASE_URL, LOOKLOOX_APP_ID, LOOKLOOX_APP_SECRET."""
    app = Flask(__name__)
    # Not "Strict": the callback is a link from another site, and it needs the session.
    app.config.from_mapping(config, SESSION_COOKIE_SAMESITE="Lax")
    app.register_blueprint(site)
    return app


@site.get("/")
def home() -> ResponseReturnValue:
    return page()


@site.get("/login")
def login() -> ResponseReturnValue:
    return begin_login(FIRST_ATTEMPT)


@site.get("/callback")
def callback() -> ResponseReturnValue:
    attempt = session.pop(LOGIN_BEGUN, None)
    if attempt is None:
        return page("This login did not begin here. Please log in again."), 403
    auth_key = request.args.get("auth_key", "").strip()
    if not auth_key:
        return page("Look Loox did not say who you are. Please log in again."), 400
    try:
        user = fetch_user(auth_key)
    except LoginError as failure:
        log.warning("Log in with Look Loox failed: %s", failure)
        if failure.token_expired and attempt == FIRST_ATTEMPT:
            return begin_login(SECOND_ATTEMPT)
        return page("Look Loox could not log you in. Please try again later."), 401
    session.clear()
    session["user"] = user
    return page()


def begin_login(attempt: str) -> ResponseReturnValue:
    """Send the visitor to Look Loox, and remember that it was this session that did so.

    Look Loox has no `state` that would tie its answer to this session. All that an app can do is
    to accept a callback only in a session that began a login, and only once. That refuses a
    forged callback, which would log the visitor in as someone else, in a session that waits for
    none, and every replay. It does not help a visitor whose login is under way: begun and
    not finished, or begun by a link of the attacker's to `/login`. A site with more to lose asks
    "Is this your account?" before it goes on.
    """
    session[LOGIN_BEGUN] = attempt
    query = urlencode({"app_id": current_app.config["LOOKLOOX_APP_ID"]})
    return redirect(f"{current_app.config['LOOKLOOX_BASE_URL']}/api/oauth?{query}")


def fetch_user(auth_key: str) -> dict[str, str]:
    """Who logs in with this auth_key: the `id` and `name`; raises `LoginError`."""
    credentials = {
        "app_id": current_app.config["LOOKLOOX_APP_ID"],
        "app_secret": current_app.config["LOOKLOOX_APP_SECRET"],
        "auth_key": auth_key,
    }
    try:
        access_token = ask("authorize", credentials).get("access_token")
    except LoginError as failure:
        # The API's document says GET; today's servers read a POST, and see nothing in a GET.
        if not failure.nothing_received:
            raise
        access_token = ask("authorize", credentials, "POST").get("access_token")
    if not isinstance(access_token, str) or not access_token.strip():
        raise LoginError("authorize: no access_token")
    user_info = ask("get_user_info", {"access_token": access_token}).get("user_info")
    if not isinstance(user_info, dict):
        raise LoginError("get_user_info: no user_info")
    user_id = user_info.get("user_id")
    # The id is a string, but a number is as good. `True` is no number, though an int to Python.
    if not (isinstance(user_id, str) or type(user_id) is int) or not str(user_id).strip():
        raise LoginError("get_user_info: no user_id")
    # Every other field may be empty, null or missing. The name goes into a cookie: not too long.
    # Servers send it with HTML entities; the template escapes it again.
    name = unescape(user_info.get("user_firstname") or user_info.get("user_name") or "friend")
    return {"id": str(user_id).strip(), "name": name[:100]}


def ask(endpoint: str, sent: dict[str, str], method: str = "GET") -> dict[str, Any]:
    """The API's answer, which is a JSON object without an error; raises `LoginError`."""
    url = f"{current_app.config['LOOKLOOX_BASE_URL']}/api/{endpoint}"
    try:
        # A redirect leads to a page for people: the API was called under another address.
        response = requests.request(
            method,
            url,
            params=sent if method == "GET" else None,
            data=sent if method == "POST" else None,
            timeout=5,
            allow_redirects=False,
        )
    except requests.RequestException as error:
        # Its text may hold the URL with the secret, so only its type reaches the log.
        raise LoginError(f"{endpoint}: {type(error).__name__}") from None
    try:
        # Not response.json(): that one trips over a byte-order mark.
        answer = json.loads(response.content)
    except ValueError:
        raise LoginError(f"{endpoint}: status {response.status_code}, no JSON") from None
    if not isinstance(answer, dict):  # `[]` is what a deleted user looks like
        raise LoginError(f"{endpoint}: a JSON {type(answer).__name__}, no object")
    if answer.get("error"):  # errors come with status 200, too
        message = str(answer.get("message"))
        for value in sent.values():
            message = message.replace(value, "***")
        raise LoginError(f"{endpoint}: {message[:100]!r}", message)
    if response.status_code != 200:
        raise LoginError(f"{endpoint}: status {response.status_code}")
    return answer


def page(problem: str = "") -> str:
    return render_template_string(PAGE, problem=problem, user=session.get("user"))
