"""Every fact of `contract.FACTS` is well formed, and is what the provider really does.

The facts that are answers are collected from the provider itself; each of the others, a rule
that shapes answers, names the test that fails when the rule is broken.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from urllib.parse import urlencode

import pytest

from pytest_lookloox import App, build_user_info, contract
from pytest_lookloox.contract import FACTS, Fact
from pytest_lookloox.exchange import Request, Response
from pytest_lookloox.provider import Provider
from tests import test_lookloox, test_odd_users, test_user_info
from tests.contract import test_authorize, test_everywhere, test_get_user_info, test_oauth

USER_ID = "1042"
APP = App("an-app", "a-secret", "http://localhost/callback", "An App", "https://lookloox.com")


def a_provider(*, approved: bool = True, signed_in: bool = True) -> Provider:
    provider = Provider(
        token_lifetime=3600, approved=approved, signed_in=signed_in, error_status=200
    )
    provider.register_app(APP)
    provider.users[USER_ID] = build_user_info()
    provider.visitor_id = USER_ID
    return provider


def switched_off() -> Provider:
    provider = a_provider()
    provider.api_enabled = False
    return provider


def visit(provider: Provider, app_id: str = APP.app_id) -> Response:
    return provider.handle(Request("GET", "/api/oauth", urlencode({"app_id": app_id})))


def authorize(provider: Provider, **changes: str) -> Response:
    login = {
        "app_id": APP.app_id,
        "app_secret": APP.app_secret,
        "auth_key": provider.issue_auth_key(APP.app_id, USER_ID),
        **changes,
    }
    return provider.handle(Request("GET", "/api/authorize", urlencode(login)))


def profile(provider: Provider, access_token: str) -> Response:
    query = urlencode({"access_token": access_token})
    return provider.handle(Request("GET", "/api/get_user_info", query))


def profile_after_hours(hours: int) -> Response:
    provider = a_provider()
    token = provider.issue_access_token(APP.app_id, USER_ID)
    provider.clock.advance(hours=hours)
    return profile(provider, token)


def profile_of_nobody() -> Response:
    provider = a_provider()
    token = provider.issue_access_token(APP.app_id, USER_ID)
    provider.users.clear()
    return profile(provider, token)


def turned_down() -> Response:
    form = {"app_id": APP.app_id, "decision": "refuse"}
    return a_provider(approved=False).handle(Request("POST", "/consent", form=form))


ANSWERS: dict[Fact, Callable[[], Response]] = {
    contract.OAUTH_SIGN_IN: lambda: visit(a_provider(signed_in=False)),
    contract.OAUTH_NO_APP_ID: lambda: visit(a_provider(), ""),
    contract.OAUTH_API_DISABLED: lambda: visit(switched_off()),
    contract.OAUTH_UNKNOWN_APP: lambda: visit(a_provider(), "unheard-of"),
    contract.OAUTH_CONSENT: lambda: visit(a_provider(approved=False)),
    contract.OAUTH_REDIRECT: lambda: visit(a_provider()),
    contract.OAUTH_REFUSED: turned_down,
    contract.AUTHORIZE_NO_APP_ID: lambda: authorize(a_provider(), app_id=""),
    contract.AUTHORIZE_NO_APP_SECRET: lambda: authorize(a_provider(), app_secret=""),
    contract.AUTHORIZE_NO_AUTH_KEY: lambda: authorize(a_provider(), auth_key=""),
    contract.AUTHORIZE_API_DISABLED: lambda: authorize(switched_off()),
    contract.AUTHORIZE_UNKNOWN_APP: lambda: authorize(a_provider(), app_id="unheard-of"),
    contract.AUTHORIZE_WRONG_APP_SECRET: lambda: authorize(a_provider(), app_secret="wrong"),
    contract.AUTHORIZE_BAD_AUTH_KEY: lambda: authorize(a_provider(), auth_key="unheard-of"),
    contract.AUTHORIZE_TOKEN: lambda: authorize(a_provider()),
    contract.USER_INFO_NO_TOKEN: lambda: profile(a_provider(), ""),
    contract.USER_INFO_API_DISABLED: lambda: profile(switched_off(), "any"),
    contract.USER_INFO_UNKNOWN_TOKEN: lambda: profile(a_provider(), "unheard-of"),
    contract.USER_INFO_EXPIRED_TOKEN: lambda: profile_after_hours(2),
    contract.USER_INFO_NO_USER: profile_of_nobody,
    contract.USER_INFO: lambda: profile_after_hours(0),
    contract.OTHER_API_PATH: lambda: a_provider().handle(Request("GET", "/api/token")),
    contract.OTHER_PATH: lambda: a_provider().handle(Request("GET", "/")),
}

# By reference: a test that goes away takes this module with it.
RULES: dict[Fact, Callable[..., None]] = {
    contract.OAUTH_NEW_KEY: test_oauth.test_each_new_key_voids_the_earlier_unspent_one,
    contract.AUTHORIZE_SAME_TOKEN: (
        test_authorize.test_second_login_within_the_hour_gets_the_same_token
    ),
    contract.SECRET_FORM: (
        test_everywhere.test_keys_and_tokens_are_32_lower_case_hex_digits_and_never_repeat
    ),
    contract.JSON_STATUS: test_authorize.test_order_of_the_checks,
    contract.QUERY_ONLY: test_everywhere.test_parameters_in_a_body_count_as_missing,
    contract.OTHER_METHODS: test_everywhere.test_other_methods_with_a_query_are_answered_like_get,
    contract.NOT_TRIMMED: test_authorize.test_values_are_not_trimmed,
    contract.USER_INFO_VALUES: test_odd_users.TestData.test_oddity,
    contract.USER_INFO_EXTRA_FIELDS: test_user_info.test_fields_of_newer_servers_come_last,
    contract.ONE_MINUTE: test_get_user_info.test_lifetime_can_be_another_than_the_hour,
    contract.NO_STATE: test_oauth.test_nothing_else_that_the_app_sends_comes_back,
    contract.SISTERS: test_lookloox.TestTwoProviders.test_first_may_close_first,
    contract.BLANK: test_authorize.test_blank_app_secret,
    contract.LAST_PARAMETER: test_everywhere.test_of_a_repeated_parameter_the_last_counts,
    contract.WHOLE_SECONDS: test_everywhere.test_age_of_a_token_is_counted_in_whole_seconds,
}


def fact_id(fact: object) -> str | None:
    return re.sub(r"\W+", " ", f"{fact.topic} {fact.case}") if isinstance(fact, Fact) else None


@pytest.mark.parametrize(("fact", "provoke"), ANSWERS.items(), ids=fact_id)
def test_answer_is_really_given(fact: Fact, provoke: Callable[[], Response]) -> None:
    assert provoke().fact is fact


def test_every_fact_is_an_answer_or_a_rule_with_a_test() -> None:
    assert Counter(FACTS) == Counter([*ANSWERS, *RULES])


@pytest.mark.parametrize("fact", [fact for fact in FACTS if fact.message], ids=fact_id)
def test_message_of_a_fact_is_what_the_client_reads(fact: Fact) -> None:
    response = ANSWERS[fact]()
    text = response.body.decode().replace("&#x27;", "'")

    assert str(fact.message) in text
    assert str(fact.message) in fact.answer


@pytest.mark.parametrize("fact", FACTS, ids=fact_id)
def test_source_is_one_letter_or_one_for_each_part(fact: Fact) -> None:
    assert re.fullmatch(r"[DOA]|([^,]+ )?[DOA](, [^,]+ [DOA])+", fact.source)


@pytest.mark.parametrize("fact", FACTS, ids=fact_id)
def test_fact_speaks_of_an_endpoint_or_of_all(fact: Fact) -> None:
    assert fact.topic in {"oauth", "authorize", "get_user_info", "everywhere"}
    assert fact.case
    assert fact.answer


def test_no_case_of_a_topic_is_told_twice() -> None:
    told = Counter((fact.topic, fact.case) for fact in FACTS)

    assert [case for case, times in told.items() if times > 1] == []


def test_letters_have_their_meanings() -> None:
    assert {source.name: source.value for source in contract.Source} == {
        "DOCUMENTED": "D",
        "OBSERVED": "O",
        "ASSUMED": "A",
    }
