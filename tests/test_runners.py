"""The plugin under other ways to write and run tests."""

from __future__ import annotations

import pytest

SUITE = """
import unittest

import pytest
import requests

API = "https://lookloox.com/api"


def log_in(provider):
    login = {
        "app_id": provider.app.app_id,
        "app_secret": provider.app.app_secret,
        "auth_key": provider.issue_auth_key(),
    }
    token = requests.get(f"{API}/authorize", params=login, timeout=5).json()
    return requests.get(f"{API}/get_user_info", params=token, timeout=5).json()


class TestUnittestWithMarker(unittest.TestCase):
    @pytest.mark.lookloox
    def test_it(self):
        answer = requests.get(f"{API}/authorize", timeout=5).json()
        self.assertEqual(answer["message"], "Bad Request, invalid app_id")


@pytest.mark.lookloox(error_status=401)
class TestMarkedUnittest(unittest.TestCase):
    def test_it(self):
        self.assertEqual(requests.get(f"{API}/authorize", timeout=5).status_code, 401)


class TestUnittestWithFixture(unittest.TestCase):
    @pytest.fixture(autouse=True)
    def _lookloox(self, lookloox):
        self.lookloox = lookloox

    def setUp(self):
        self.user = self.lookloox.user

    def test_login(self):
        self.assertEqual(log_in(self.lookloox), {"user_info": self.user})

    @pytest.mark.lookloox_expired_token
    def test_expired(self):
        self.assertIn("expired", log_in(self.lookloox)["message"])

    def test_memory_is_its_own(self):
        self.assertEqual(self.lookloox.calls, [])


@pytest.mark.parametrize("number", range(20))
def test_parametrised(lookloox, number):
    assert lookloox.calls == []
    assert log_in(lookloox) == {"user_info": lookloox.user}
    assert len(lookloox.calls) == 2


@pytest.mark.lookloox(user={"user_firstname": "Zoé"})
class TestMarkedClass:
    def test_it(self, lookloox):
        assert log_in(lookloox)["user_info"]["user_firstname"] == "Zoé"

    @pytest.mark.lookloox_reused_auth_key
    def test_scenario(self, lookloox):
        assert log_in(lookloox)["message"] == "Bad Request, invalid access_token"


class TestParametrisedConfig:
    @pytest.fixture(params=["https://lookloox.com", "https://sister.invalid"])
    def lookloox_config(self, request):
        return {"base_url": request.param}

    def test_it(self, lookloox, lookloox_config):
        assert lookloox.base_url == lookloox_config["base_url"]
"""
MARKED_MODULE = """
import pytest
import requests

pytestmark = pytest.mark.lookloox(error_status=400)


@pytest.mark.parametrize("number", range(5))
def test_it(number):
    url = "https://lookloox.com/api/authorize"
    assert requests.get(url, timeout=5).status_code == 400
"""
PASSED = 1 + 1 + 3 + 20 + 2 + 2 + 5


@pytest.fixture
def suite(pytester: pytest.Pytester) -> pytest.Pytester:
    """Tests of every shape, in two modules."""
    pytester.makepyfile(test_shapes=SUITE, test_marked_module=MARKED_MODULE)
    return pytester


def test_shapes_of_tests(suite: pytest.Pytester) -> None:
    suite.runpytest_inprocess("-p", "no:randomly").assert_outcomes(passed=PASSED)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_randomly(suite: pytest.Pytester, seed: int) -> None:
    result = suite.runpytest_inprocess(f"--randomly-seed={seed}")

    result.assert_outcomes(passed=PASSED)
    result.stdout.fnmatch_lines([f"Using --randomly-seed={seed}"])


def test_seeded_randomness_does_not_hand_out_the_same_secrets(pytester: pytest.Pytester) -> None:
    """pytest-randomly seeds `random` before every test; real providers do not repeat themselves."""
    pytester.makepyfile(
        """
        import pytest

        SEEN = set()

        @pytest.mark.parametrize("number", range(3))
        def test_it(number, lookloox_auth_key, lookloox_access_token):
            assert not {lookloox_auth_key, lookloox_access_token} & SEEN
            SEEN.update({lookloox_auth_key, lookloox_access_token})
        """
    )

    result = pytester.runpytest_inprocess("--randomly-seed=1")

    result.assert_outcomes(passed=3)


def test_xdist(suite: pytest.Pytester) -> None:
    result = suite.runpytest_subprocess("-n", "4")

    result.assert_outcomes(passed=PASSED)
    result.stdout.fnmatch_lines(["*4 workers*"])


def test_xdist_reports_a_teardown_check(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        import pytest

        @pytest.mark.lookloox_expired_token
        def test_it():
            pass
        """
    )

    result = pytester.runpytest_subprocess("-n", "1")

    result.assert_outcomes(passed=1, errors=1)
    result.stdout.fnmatch_lines(["*The marker lookloox_expired_token never took effect*"])


DJANGO_SETTINGS = """
import django
from django.conf import settings

settings.configure(
    ALLOWED_HOSTS=["testserver", "localhost"],
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
    INSTALLED_APPS=["django.contrib.auth", "django.contrib.contenttypes"],
    ROOT_URLCONF="test_site",
    SECRET_KEY="only for tests",
)
django.setup()
"""
DJANGO_SITE = """
import pytest
import requests
from django.core.management import call_command
from django.contrib.auth.models import User
from django.http import HttpResponse
from django.test import TestCase
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


@pytest.fixture(scope="module", autouse=True)
def tables():
    call_command("migrate", verbosity=0)


class TestLogin(TestCase):
    @pytest.fixture(autouse=True)
    def _lookloox(self, lookloox):
        self.lookloox = lookloox

    @classmethod
    def setUpTestData(cls):
        User.objects.create(username="somebody")

    def test_first_visit(self):
        page = self.client.get(self.lookloox.approve())
        self.assertContains(page, "Welcome, amina.diallo")
        self.assertEqual(User.objects.count(), 2)

    def test_second_visit(self):
        for _ in range(2):
            self.assertContains(self.client.get(self.lookloox.approve()), "Welcome")
        self.assertEqual(User.objects.count(), 2)

    @pytest.mark.lookloox_reused_auth_key
    def test_reused_auth_key(self):
        page = self.client.get(self.lookloox.approve())
        self.assertContains(page, "invalid auth_key", status_code=403)
        self.assertEqual(User.objects.count(), 1)


class TestMarked(TestCase):
    @pytest.mark.lookloox
    def test_no_auth_key(self):
        self.assertEqual(self.client.get("/callback").status_code, 403)
"""


def test_django(pytester: pytest.Pytester) -> None:
    pytester.makeconftest(DJANGO_SETTINGS)
    pytester.makepyfile(test_site=DJANGO_SITE)

    # In a process of its own: Django's settings are made once for all.
    pytester.runpytest_subprocess().assert_outcomes(passed=4)
