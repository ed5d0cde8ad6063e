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
import requests
from django.contrib.auth.models import User
from django.http import HttpResponse
from django.urls import path

API = "https://lookloox.com/api"


def callback(request):
    login = {
        "app_id": "test-app-id",
        "app_secret": "test-app-secret",
        "auth_key": request.GET.get("auth_key", ""),
    }
    token = requests.get(f"{API}/authorize", params=login, timeout=5).json()
    if "access_token" not in token:
        return HttpResponse(token["message"], status=403)
    answer = requests.get(f"{API}/get_user_info", params=token, timeout=5).json()
    user, _ = User.objects.get_or_create(username=answer["user_info"]["user_name"])
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


def test_provider_inside(client, db, lookloox):
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

    @pytest.mark.lookloox_reused_auth_key
    def test_marker(self):
        page = self.client.get(self.lookloox.approve())
        self.assertContains(page, "invalid auth_key", status_code=403)
        self.assertEqual(User.objects.count(), 0)


@pytest.mark.lookloox(allowed_hosts=["localhost"])
def test_live_server(live_server, lookloox):
    key = lookloox.issue_auth_key()
    page = requests.get(f"{live_server.url}/callback?auth_key={key}", timeout=5)
    assert page.text == "Welcome, amina.diallo"


def test_live_server_that_is_not_allowed(live_server, lookloox):
    with pytest.raises(requests.ConnectionError, match="allowed_hosts="):
        requests.get(f"{live_server.url}/callback", timeout=5)
"""


@pytest.fixture(autouse=True)
def website(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(settings=SETTINGS, website=WEBSITE)
    pytester.syspathinsert()


def test_fixtures_of_pytest_django(run: Run) -> None:
    run(SUITE, "-Werror", "--ds=settings", plugins=["django"]).assert_outcomes(passed=7)
