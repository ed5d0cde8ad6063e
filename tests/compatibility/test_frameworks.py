"""Frameworks that surround a test: with a client, a request context, an event loop, a class."""

from __future__ import annotations

import flask  # noqa: F401 - pytester forgets what is first imported inside it
import pytest

from tests.conftest import Run

ASYNCIO = """
import asyncio

import pytest
import pytest_asyncio
from tests.client import ask, log_in

@pytest_asyncio.fixture
async def answer(lookloox):
    return await asyncio.to_thread(ask, lookloox, "authorize", {})

@pytest.mark.asyncio
async def test_client_in_the_loop(lookloox):
    assert log_in(lookloox) == lookloox.user

@pytest.mark.asyncio
async def test_async_fixture(lookloox, answer):
    assert answer.json()["message"] == "Bad Request, invalid app_id"
    assert len(lookloox.calls) == 1

@pytest.mark.asyncio
async def test_other_client(lookloox):
    with pytest.raises(OSError, match="lookloox_server"):
        await asyncio.open_connection("lookloox.com", 443)

@pytest.mark.asyncio
@pytest.mark.lookloox_expired_token
async def test_proves_nothing():
    pass
"""
FLASK = """
import pytest
from flask import Flask, request
from pytest_lookloox import LookLoox
from tests.client import log_in

@pytest.fixture
def app():
    app = Flask("website")

    @app.get("/callback")
    def callback():
        try:
            return {"user_info": log_in(LookLoox(), request.url)}
        except KeyError:
            return "refused", 403

    return app

def test_provider_before(lookloox, client):
    assert client.get(lookloox.approve()).json == {"user_info": lookloox.user}

@pytest.mark.lookloox_reused_auth_key
def test_marker(client, lookloox):
    assert client.get(lookloox.approve()).status_code == 403
"""
DJANGO_SETTINGS = """
ALLOWED_HOSTS = ["*"]
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}}
INSTALLED_APPS = ["django.contrib.auth", "django.contrib.contenttypes"]
ROOT_URLCONF = "website"
SECRET_KEY = "only for tests"
STATIC_URL = "static/"
USE_TZ = True
"""
DJANGO_WEBSITE = """
from django.contrib.auth.models import User
from django.http import HttpResponse
from django.urls import path
from pytest_lookloox import LookLoox
from tests.client import log_in

def callback(request):
    try:
        user_info = log_in(LookLoox(), request.get_full_path())
    except KeyError:
        return HttpResponse("refused", status=403)
    user, _ = User.objects.get_or_create(username=user_info["user_name"])
    return HttpResponse(f"Welcome, {user.username}")

urlpatterns = [path("callback", callback)]
"""
DJANGO = """
import pytest
import requests
from django.contrib.auth.models import User
from django.test import TestCase

def test_provider_before(lookloox, client, db):
    assert client.get(lookloox.approve()).content == b"Welcome, amina.diallo"
    assert User.objects.count() == 1

@pytest.mark.django_db(transaction=True)
@pytest.mark.lookloox_reused_auth_key
def test_marker(client, lookloox):
    assert client.get(lookloox.approve()).status_code == 403
    assert User.objects.count() == 0

class TestLogin(TestCase):
    @pytest.fixture(autouse=True)
    def _lookloox(self, lookloox):
        self.lookloox = lookloox

    def test_it(self):
        for _ in range(2):
            self.assertContains(self.client.get(self.lookloox.approve()), "Welcome")
        self.assertEqual(User.objects.count(), 1)

@pytest.mark.lookloox(allowed_hosts=["localhost"])
def test_live_server(live_server, lookloox):
    key = lookloox.issue_auth_key()
    page = requests.get(f"{live_server.url}/callback?auth_key={key}", timeout=5)
    assert page.text == "Welcome, amina.diallo"
"""
WIDER_SCOPES = '''
import unittest

import pytest
import requests

from pytest_lookloox import LookLoox

def ask():
    answer = requests.get("https://lookloox.com/api/authorize", timeout=5)
    assert answer.json()["message"] == "Bad Request, invalid app_id"

def in_a_doctest():
    """
    >>> provider = getfixture("lookloox")
    >>> ask()
    """

@pytest.mark.lookloox
class TestMarkedCase(unittest.TestCase):
    def setUp(self):
        ask()

    def test_it(self):
        ask()

    def tearDown(self):
        ask()

class TestCase(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        provider = LookLoox()
        provider.start()
        cls.addClassCleanup(provider.stop)
        ask()

    def test_it(self):
        ask()

    @classmethod
    def tearDownClass(cls):
        ask()

@pytest.fixture(scope="module")
def provider():
    with LookLoox() as provider:
        ask()
        yield provider
        ask()

@pytest.mark.parametrize("number", range(2))
def test_fixture_of_a_module(provider, number):
    ask()

def test_a_provider_inside_it(provider, lookloox):
    ask()
    assert len(lookloox.calls) == 1
'''
IN_LOOP = ["-o", "asyncio_default_fixture_loop_scope=function"]


@pytest.mark.parametrize(
    ("suite", "plugins", "arguments", "outcomes"),
    [
        (ASYNCIO, ["asyncio"], [*IN_LOOP, "--asyncio-mode=strict"], {"passed": 4, "errors": 1}),
        (ASYNCIO, ["asyncio"], [*IN_LOOP, "--asyncio-mode=auto"], {"passed": 4, "errors": 1}),
        (FLASK, ["flask"], [], {"passed": 2}),
        (DJANGO, ["django"], ["--ds=settings"], {"passed": 4}),
        (WIDER_SCOPES, [], ["--doctest-modules", "test_it.py"], {"passed": 6}),
    ],
    ids=["asyncio, strict", "asyncio, auto", "flask", "django", "unittest and wider scopes"],
)
def test_framework(
    run: Run,
    pytester: pytest.Pytester,
    suite: str,
    plugins: list[str],
    arguments: list[str],
    outcomes: dict[str, int],
) -> None:
    pytester.makepyfile(settings=DJANGO_SETTINGS, website=DJANGO_WEBSITE)
    pytester.syspathinsert()

    result = run(suite, "-Werror", *arguments, plugins=plugins)

    result.assert_outcomes(**outcomes)
    is_told = "lookloox_expired_token never took effect" in str(result.stdout)
    assert is_told is ("errors" in outcomes)
