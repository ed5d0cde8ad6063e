"""What holds for every endpoint: paths, methods, and how parameters are read."""

from __future__ import annotations

import re

import pytest
import requests
from freezegun import freeze_time

from pytest_lookloox import LookLoox
from tests.contract.conftest import (
    HTML,
    INVALID_ACCESS_TOKEN,
    INVALID_APP_ID,
    INVALID_APP_SECRET,
    INVALID_AUTH_KEY,
    INVALID_PARAMETERS,
    JSON,
    Answer,
    Ask,
    answer,
    error,
)

# These ask in every wrong way, on purpose; the teardown checks would rightly fail most of them.
pytestmark = [
    pytest.mark.lookloox(strict=False),
    pytest.mark.filterwarnings("ignore::pytest_lookloox.LookLooxClientWarning"),
]

OTHER_METHODS = ["POST", "PUT", "PATCH", "DELETE"]


def get(url: str) -> requests.Response:
    return requests.get(url, allow_redirects=False, timeout=30)


@pytest.mark.parametrize(
    "path",
    [
        "",
        "token",
        "authorize/",
        "oauth/",
        "get_user_info/",
        "Authorize",
        "authorize.php",
        "authorize/more",
        "v1/authorize",
        "utilisateur/é",
        "x" * 60_000,
    ],
    ids=lambda path: path[:20],
)
def test_any_other_path_below_the_api(ask: Ask, path: str) -> None:
    assert answer(ask(path, app_id="x")) == error(INVALID_PARAMETERS)


@pytest.mark.lookloox(error_status=400)
def test_error_status_holds_for_other_paths_too(ask: Ask) -> None:
    assert answer(ask("token")) == error(INVALID_PARAMETERS, status=400)


@pytest.mark.parametrize(
    "path", ["", "/", "/api", "/authorize", "/API/authorize", "/apis/authorize", "/photos/a.jpg"]
)
def test_path_outside_the_api_is_a_page_not_found(provider: LookLoox, path: str) -> None:
    response = get(f"{provider.base_url}{path}")

    assert (response.status_code, response.headers["Content-Type"]) == (404, HTML)
    assert "Page not found" in response.text


@pytest.mark.parametrize("method", OTHER_METHODS)
def test_other_methods_with_a_query_are_answered_like_get(
    provider: LookLoox, ask: Ask, method: str
) -> None:
    app = provider.app
    visit = ask("oauth", method, app_id=app.app_id)
    auth_key = visit.headers["Location"].rpartition("=")[2]
    login = {"app_id": app.app_id, "app_secret": app.app_secret, "auth_key": auth_key}
    token = ask("authorize", method, **login).json()["access_token"]
    profile = ask("get_user_info", method, access_token=token)

    assert visit.status_code == 302
    assert profile.json() == {"user_info": provider.user}


@pytest.mark.parametrize("method", OTHER_METHODS)
@pytest.mark.parametrize(
    ("endpoint", "expected"),
    [("authorize", INVALID_APP_ID), ("get_user_info", INVALID_ACCESS_TOKEN)],
)
def test_parameters_in_a_body_count_as_missing(
    provider: LookLoox, method: str, endpoint: str, expected: str
) -> None:
    body = {
        "app_id": provider.app.app_id,
        "app_secret": provider.app.app_secret,
        "auth_key": provider.issue_auth_key(),
        "access_token": provider.issue_access_token(),
    }
    url = f"{provider.base_url}/api/{endpoint}"

    assert answer(requests.request(method, url, data=body, timeout=30)) == error(expected)
    assert answer(requests.request(method, url, json=body, timeout=30)) == error(expected)


def test_query_and_body_are_not_mixed(provider: LookLoox) -> None:
    app = provider.app
    response = requests.post(
        f"{provider.base_url}/api/authorize",
        params={"app_id": app.app_id, "auth_key": provider.issue_auth_key()},
        data={"app_secret": app.app_secret},
        timeout=30,
    )

    assert answer(response) == error(INVALID_APP_SECRET)


def test_body_of_a_post_to_oauth_counts_as_missing(provider: LookLoox) -> None:
    response = requests.post(
        f"{provider.base_url}/api/oauth", data={"app_id": provider.app.app_id}, timeout=30
    )

    assert response.status_code == 404


@pytest.mark.parametrize(
    ("path", "status", "content_type"),
    [
        ("/api/oauth", 404, HTML),
        ("/api/authorize", 200, JSON),
        ("/api/get_user_info", 200, JSON),
        ("/api/token", 200, JSON),
        ("/", 404, HTML),
    ],
)
def test_head_has_the_answer_of_get_without_its_body(
    provider: LookLoox, path: str, status: int, content_type: str
) -> None:
    response = requests.head(f"{provider.base_url}{path}", timeout=30)

    assert answer(response) == Answer(status, content_type, "")


def test_head_spends_the_key_like_get(provider: LookLoox, ask: Ask, authorize: Ask) -> None:
    app = provider.app
    auth_key = provider.issue_auth_key()
    ask("authorize", "HEAD", app_id=app.app_id, app_secret=app.app_secret, auth_key=auth_key)

    assert answer(authorize(auth_key=auth_key)) == error(INVALID_AUTH_KEY)


def test_of_a_repeated_parameter_the_last_counts(provider: LookLoox, authorize: Ask) -> None:
    app = provider.app
    auth_key = provider.issue_auth_key()

    wrong_last = authorize(app_secret=[app.app_secret, "wrong"], auth_key=auth_key)
    assert answer(wrong_last) == error(INVALID_APP_SECRET)
    blank_last = authorize(app_id=[app.app_id, ""], auth_key=auth_key)
    assert answer(blank_last) == error(INVALID_APP_ID)
    right_last = authorize(
        app_id=["", app.app_id],
        app_secret=["wrong", app.app_secret],
        auth_key=["unheard-of", auth_key],
    )
    assert "access_token" in right_last.json()


def test_order_of_the_parameters_does_not_matter(provider: LookLoox) -> None:
    app = provider.app
    login = f"auth_key={provider.issue_auth_key()}&app_secret={app.app_secret}&app_id={app.app_id}"

    assert "access_token" in get(f"{provider.base_url}/api/authorize?{login}").json()


def test_names_of_parameters_are_case_sensitive(provider: LookLoox, ask: Ask) -> None:
    response = ask("authorize", APP_ID=provider.app.app_id)

    assert answer(response) == error(INVALID_APP_ID)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        pytest.param("app_id=%C2%A0+%09", INVALID_APP_ID, id="escaped white space"),
        pytest.param("app_id", INVALID_APP_ID, id="no equals sign"),
        pytest.param("&&=&", INVALID_APP_ID, id="no names"),
        pytest.param("app_id[]=x", INVALID_APP_ID, id="a PHP array is another name"),
        pytest.param("app_id=%FF%FE", INVALID_APP_SECRET, id="no UTF-8"),
        pytest.param("app_id=%zz%", INVALID_APP_SECRET, id="broken escapes"),
        pytest.param("app_id=x;app_secret=y", INVALID_APP_SECRET, id="semicolons part nothing"),
        pytest.param("app_id=a=b?c&app_secret=%00", INVALID_AUTH_KEY, id="odd signs are values"),
    ],
)
def test_queries_written_by_hand(provider: LookLoox, query: str, expected: str) -> None:
    assert answer(get(f"{provider.base_url}/api/authorize?{query}")) == error(expected)


def test_keys_and_tokens_are_32_lower_case_hex_digits_and_never_repeat(
    provider: LookLoox,
) -> None:
    keys = {provider.issue_auth_key() for _ in range(50)}

    secrets = keys | {provider.issue_access_token()}
    assert len(secrets) == 51
    assert all(re.fullmatch(r"[0-9a-f]{32}", secret) for secret in secrets)


@pytest.mark.parametrize(
    ("passed", "advanced", "works"),
    [(0.9, 3600, True), (3600.9, 0, True), (0, 3600.5, False), (1, 3600, False)],
)
def test_age_of_a_token_is_counted_in_whole_seconds(
    provider: LookLoox, ask: Ask, passed: float, advanced: float, works: bool
) -> None:
    """So that `advance(3600)` is the last second of the hour, however slow the machine."""
    with freeze_time("2026-11-02 09:14:55") as frozen:
        token = provider.issue_access_token()
        frozen.tick(passed)
        provider.advance(seconds=advanced)
        response = ask("get_user_info", access_token=token)

    assert ("user_info" in response.json()) is works
