"""Django, with pytest-django and its fixtures `client`, `db` and `live_server`."""

from __future__ import annotations

import pytest

from tests.conftest import Run

SETTINGS = """
ALLOWED_HOSTS = ["*"]
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}}
INSTALLED_APPS = ["django.contrib.auth", "django.contrib.contenttypes"]
ROOT_URLCONF = "website"
SECRET_KEY = "only for tests"
STATIC_URL = "static/"
USE_TZ = True
"""
WEBSITE = """
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
SUITE = """
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


@pytest.fixture(autouse=True)
def website(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(settings=SETTINGS, website=WEBSITE)
    pytester.syspathinsert()


def test_fixtures_of_pytest_django(run: Run) -> None:
    run(SUITE, "-Werror", "--ds=settings", plugins=["django"]).assert_outcomes(passed=4)
