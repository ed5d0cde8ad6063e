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


@pytest.mark.parametrize(
    "arguments",
    [
        ["-p", "no:randomly"],
        ["--randomly-seed=1"],
        ["--randomly-seed=2"],
        ["-n", "4"],
    ],
    ids=" ".join,
)
def test_shapes_of_tests(pytester: pytest.Pytester, arguments: list[str]) -> None:
    pytester.makepyfile(test_shapes=SUITE, test_marked_module=MARKED_MODULE)

    pytester.runpytest_subprocess(*arguments).assert_outcomes(passed=PASSED)
