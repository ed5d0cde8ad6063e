"""A website in Flask that survives everything. Its port is the argument."""

from __future__ import annotations

import json
import os
import sys
from typing import Any

import requests
from flask import Flask, redirect, request, session
from flask.typing import ResponseReturnValue
from markupsafe import escape

BASE_URL = os.environ["LOOKLOOX_BASE_URL"]
APP_ID = os.environ["LOOKLOOX_APP_ID"]
APP_SECRET = os.environ["LOOKLOOX_APP_SECRET"]
CA_FILE = os.environ["LOOKLOOX_CA_FILE"]

app = Flask(__name__)
app.secret_key = os.urandom(16)


@app.get("/")
def home() -> ResponseReturnValue:
    if "user_id" not in session:
        return '<a href="/login">Log in with Look Loox</a>'
    return f"Welcome, {escape(session['name'])}"


@app.get("/account")
def account() -> ResponseReturnValue:
    return home() if "user_id" in session else redirect("/")


@app.get("/orders")
def orders() -> ResponseReturnValue:
    return "You have ordered nothing." if "user_id" in session else redirect("/")


@app.get("/login")
def login() -> ResponseReturnValue:
    if "user_id" in session:
        return redirect("/")
    session["login_begun"] = True
    return redirect(f"{BASE_URL}/api/oauth?app_id={APP_ID}")


@app.get("/callback")
def callback() -> ResponseReturnValue:
    if not session.pop("login_begun", False):
        return "This login did not begin here.", 403
    try:
        user = fetch_user(request.args["auth_key"])
    except (requests.RequestException, ValueError, KeyError):
        return "Look Loox could not log you in.", 401
    session.clear()
    session["user_id"] = user["user_id"]
    session["name"] = user["user_name"]
    return redirect("/")


def fetch_user(auth_key: str) -> dict[str, Any]:
    app = {"app_id": APP_ID, "app_secret": APP_SECRET, "auth_key": auth_key}
    answer = ask("GET", "authorize", params=app)
    if answer.get("message") == "Bad Request, invalid app_id":
        # Newer servers look for it in a form.
        answer = ask("POST", "authorize", data=app)
    if answer.get("error") or not answer["access_token"]:
        raise ValueError("no access_token")
    answer = ask("GET", "get_user_info", params={"access_token": answer["access_token"]})
    if answer.get("error") or not answer["user_info"]["user_id"]:
        raise ValueError("no user_id")
    return dict(answer["user_info"])


def ask(method: str, endpoint: str, **options: Any) -> dict[str, Any]:
    response = requests.request(
        method,
        f"{BASE_URL}/api/{endpoint}",
        timeout=1.5,
        allow_redirects=False,
        verify=CA_FILE or True,
        **options,
    )
    answer = json.loads(response.content)  # unlike response.json(), it takes a byte-order mark
    if response.status_code != 200 or not isinstance(answer, dict):
        raise ValueError(f"{endpoint} answered something strange")
    return answer


app.run(port=int(sys.argv[1]))
