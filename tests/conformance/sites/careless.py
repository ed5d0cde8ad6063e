"""A website in Flask that makes the usual mistakes. Its port is the argument."""

from __future__ import annotations

import os
import sys
from typing import Any

import requests
from flask import Flask, redirect, request, session
from flask.typing import ResponseReturnValue

BASE_URL = os.environ["LOOKLOOX_BASE_URL"]
APP_ID = os.environ["LOOKLOOX_APP_ID"]
APP_SECRET = os.environ["LOOKLOOX_APP_SECRET"]

app = Flask(__name__)
app.secret_key = os.urandom(16)
names: dict[str | None, str] = {}  # the "database": accounts by their e-mail address


@app.get("/login")
def login() -> ResponseReturnValue:
    return f'<a href="{BASE_URL}/api/oauth?app_id={APP_ID}">Log in with Look Loox</a>'


@app.get("/callback")
def callback() -> ResponseReturnValue:
    try:
        params = {"app_id": APP_ID, "app_secret": APP_SECRET, "auth_key": request.args["auth_key"]}
        token = ask("authorize", params)["access_token"]
        session["token"] = token
        user = ask("get_user_info", {"access_token": token})["user_info"]
    except requests.RequestException as error:
        return f"Something went wrong: {error}"
    session["email"] = user["user_email"]
    names.setdefault(user["user_email"], user["user_firstname"])
    return redirect("/account")


@app.get("/account")
def account() -> ResponseReturnValue:
    if "email" not in session:
        return redirect("/login")
    return f"Welcome, {names[session['email']]}"


def ask(endpoint: str, params: dict[str, str]) -> Any:
    return requests.get(f"{BASE_URL}/api/{endpoint}", params, verify=False).json()


app.run(port=int(sys.argv[1]))
