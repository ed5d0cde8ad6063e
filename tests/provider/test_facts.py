"""Every fact is well formed, and is what the provider really does.

The provider shows the facts that are answers. Each of the others, a rule that shapes answers, names
the test that fails when the rule is broken.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

import pytest

from pytest_lookloox import build_user_info
from pytest_lookloox.provider import facts
from pytest_lookloox.provider.api import Provider
from pytest_lookloox.provider.facts import FACTS, Fact, Source
from pytest_lookloox.provider.http import FORM_TYPE, Request, Response
from pytest_lookloox.provider.models import DEFAULT_APP
from pytest_lookloox.provider.platforms import PLATFORMS
from tests.faults import test_catalogue
from tests.provider import test_api, test_browser, test_odd_users

APP_ID = DEFAULT_APP.app_id
USER_ID = "1042"


def get(path: str, provider: Provider | None = None, **params: str) -> Response:
    return (provider or provider_of()).handle(Request("GET", path, urlencode(params)))


def post(path: str, **form: str) -> Response:
    body = urlencode({"app_id": APP_ID, **form}).encode()
    request = Request("POST", path, headers={"Content-Type": FORM_TYPE}, body=body)
    return provider_of(approved=False).handle(request)


def provider_of(*, api_enabled: bool = True, **options: Any) -> Provider:
    provider = Provider(**options)
    provider.register_app(DEFAULT_APP)
    provider.users[USER_ID] = build_user_info()
    provider.visitor_id = USER_ID
    provider.api_enabled = api_enabled
    return provider


def visit(app_id: str = APP_ID, **options: Any) -> Response:
    return get("/api/oauth", provider_of(**options), app_id=app_id)


def authorize(*, api_enabled: bool = True, **changes: str) -> Response:
    provider = provider_of(api_enabled=api_enabled)
    auth_key = provider.issue_auth_key(APP_ID, USER_ID)
    login = {"app_id": APP_ID, "app_secret": DEFAULT_APP.app_secret, "auth_key": auth_key}
    return get("/api/authorize", provider, **{**login, **changes})


def profile(
    access_token: str = "{}", *, hours: int = 0, removed: bool = False, **options: Any
) -> Response:
    provider = provider_of(**options)
    access_token = access_token.format(provider.issue_access_token(APP_ID, USER_ID))
    provider.clock.advance(hours=hours)
    if removed:
        provider.users.clear()
    return get("/api/get_user_info", provider, access_token=access_token)


ANSWERS: list[tuple[Fact, Callable[[], Response]]] = [
    (facts.OAUTH_SIGN_IN, lambda: visit(signed_in=False)),
    (facts.OAUTH_SIGN_IN, lambda: get("/sign-in")),
    (facts.OAUTH_SIGN_IN, lambda: post("/sign-in", user_id=USER_ID)),
    (facts.OAUTH_NO_APP_ID, lambda: visit("")),
    (facts.OAUTH_NO_APP_ID, lambda: get("/api/oauth")),
    (facts.OAUTH_NO_APP_ID, lambda: post("/consent", app_id="")),
    (facts.OAUTH_API_DISABLED, lambda: visit(api_enabled=False)),
    (facts.OAUTH_UNKNOWN_APP, lambda: visit("unknown")),
    (facts.OAUTH_CONSENT, lambda: visit(approved=False)),
    (facts.OAUTH_REDIRECT, visit),
    (facts.OAUTH_REFUSED, lambda: post("/consent", decision="refuse")),
    (facts.AUTHORIZE_NO_APP_ID, lambda: authorize(app_id="")),
    (facts.AUTHORIZE_NO_APP_ID, lambda: get("/api/authorize")),
    (facts.AUTHORIZE_NO_APP_SECRET, lambda: authorize(app_secret="")),
    (facts.AUTHORIZE_NO_AUTH_KEY, lambda: authorize(auth_key="")),
    (facts.AUTHORIZE_API_DISABLED, lambda: authorize(api_enabled=False)),
    (facts.AUTHORIZE_UNKNOWN_APP, lambda: authorize(app_id="unknown")),
    (facts.AUTHORIZE_WRONG_APP_SECRET, lambda: authorize(app_secret="wrong")),
    (facts.AUTHORIZE_BAD_AUTH_KEY, lambda: authorize(auth_key="unknown")),
    (facts.AUTHORIZE_TOKEN, authorize),
    (facts.USER_INFO_NO_TOKEN, lambda: profile("")),
    (facts.USER_INFO_NO_TOKEN, lambda: get("/api/get_user_info")),
    (facts.USER_INFO_API_DISABLED, lambda: profile("x", api_enabled=False)),
    (facts.USER_INFO_UNKNOWN_TOKEN, lambda: profile("unknown")),
    (facts.USER_INFO_EXPIRED_TOKEN, lambda: profile(hours=2)),
    (facts.USER_INFO_NO_USER, lambda: profile(removed=True)),
    (facts.USER_INFO, profile),
    (facts.OTHER_API_PATH, lambda: get("/api/token")),
    (facts.OTHER_PATH, lambda: get("/")),
]

# By reference: a test that goes away breaks this module.
FAULTS: dict[Fact, Callable[..., None]] = {
    facts.OTHER_SITE_ADDRESS: test_catalogue.test_wrong_site_address,
    facts.MAINTENANCE: test_catalogue.TestFault.test_each_attempt_fails_and_other_endpoints_work,
}
IN_API = test_api.TestEverywhere
IN_OAUTH = test_api.TestOAuth
RULES: dict[str, Callable[..., None]] = {
    "a new auth_key at each visit": test_api.TestAuthorize.test_which_keys_are_refused,
    "how a user's consent is sent": test_browser.test_whole_login,
    '`platform="documented"`: parameters': test_api.TestPlaceOfParameters.test_authorize,
    '`platform="current"`: parameters': test_api.TestPlaceOfParameters.test_authorize,
    "the user's token is within its life": test_api.TestAuthorize.test_same_token_while_it_lives,
    '`platform="documented"`: a token\'s life': test_api.TestGetUserInfo.test_age_in_whole_seconds,
    '`platform="current"`: a token\'s life': test_api.TestGetUserInfo.test_age_in_whole_seconds,
    '`platform="current"`: fields': test_api.test_newer_fields,
    "most values": test_odd_users.test_differs_from_the_ordinary_user_in_one_oddity,
    "names and texts": test_odd_users.test_differs_from_the_ordinary_user_in_one_oddity,
    "gender": test_odd_users.test_differs_from_the_ordinary_user_in_one_oddity,
    "auth_key, access_token, app_secret": IN_API.test_form_of_keys_and_tokens,
    "app_id": IN_API.test_form_of_keys_and_tokens,
    "`state`, scope, refresh token, `redirect_uri`": IN_OAUTH.test_redirect_to_the_apps_own_url,
    "sister communities": IN_API.test_sister_communities_have_their_own_memory_and_clock,
    "status and type of JSON": test_api.TestAuthorize.test_token_and_nothing_else,
    "form of JSON": IN_API.test_json_is_written_as_php_does,
    "POST, HEAD, PUT … with a query": IN_API.test_other_methods_are_answered_like_get,
    "a parameter given twice": IN_API.test_queries_written_by_hand,
    "white space around a value": test_api.test_wrong_value,
    "what counts as blank": test_api.test_blank_parameters_come_before_all_later_checks,
    "a token's age": test_api.TestGetUserInfo.test_age_in_whole_seconds,
    "one trailing slash": IN_API.test_one_trailing_slash_is_the_same_endpoint,
    "CORS headers": test_api.TestAuthorize.test_token_and_nothing_else,
}
NOT_SIMULATED = {
    "visitor whose account is not activated",
    "session cookie of `/api/`, security headers",
    "POST at both endpoints",
}


@pytest.mark.parametrize(("fact", "provoke"), ANSWERS)
def test_answer_rests_on_its_fact(fact: Fact, provoke: Callable[[], Response]) -> None:
    response = provoke()

    assert response.fact is fact
    assert response.status in {200, 302, 404}
    assert (fact.message or "") in html.unescape(response.body.decode())


def test_every_fact_is_an_answer_or_a_rule_with_a_test() -> None:
    others = [fact for fact in FACTS if fact not in dict(ANSWERS) and fact not in FAULTS]

    assert {fact.case for fact in others} == RULES.keys() | NOT_SIMULATED
    assert {*dict(ANSWERS), *FAULTS} < set(FACTS)


@pytest.mark.parametrize("fact", FACTS, ids=lambda fact: f"{fact.topic} {fact.case}")
def test_fact_is_well_formed(fact: Fact) -> None:
    assert re.fullmatch(r"[DOA]|([^,]+ )?[DOA](, [^,]+ [DOA])+", fact.source)
    assert fact.topic in {"oauth", "authorize", "get_user_info", "everywhere"}
    assert fact.case
    assert fact.answer
    assert (fact.message or "") in fact.answer
    assert ("not simulated" in fact.answer) is (fact.case in NOT_SIMULATED)


@pytest.mark.parametrize(
    ("topic", "letters"),
    [
        ("oauth", "O O OA OA D DO O O AO O"),
        ("authorize", "O O O O O O DO D D O O"),
        ("get_user_info", "O O O DOO O D D O O O O O"),
        ("everywhere", "O OA O O O O DO DO O O A O A A O A O O O"),
    ],
)
def test_letters_are_those_of_the_contract(topic: str, letters: str) -> None:
    sources = [re.findall(r"\b[DOA]\b", fact.source) for fact in FACTS if fact.topic == topic]

    assert " ".join(map("".join, sources)) == letters


def test_facts_of_the_platforms_are_the_data() -> None:
    answers = {fact.case: fact.answer for fact in FACTS}
    for platform in PLATFORMS.values():
        prefix = f'`platform="{platform.name}"`:'
        assert answers[f"{prefix} a token's life"] == f"{platform.token_lifetime} seconds"
        assert f"of a {platform.authorize_method}," in answers[f"{prefix} parameters"]


def test_no_case_of_a_topic_is_told_twice() -> None:
    assert len({(fact.topic, fact.case) for fact in FACTS}) == len(FACTS)
    assert [Source.DOCUMENTED, Source.OBSERVED, Source.ASSUMED] == ["D", "O", "A"]
