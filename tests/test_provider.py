"""What the provider decides for every door alike: which fact it rests on, language, and faults."""

from __future__ import annotations

import threading

import pytest

from pytest_lookloox import LookLoox, build_user_info, contract
from pytest_lookloox.exchange import Request, Wire
from pytest_lookloox.pages import CONSENT_PATH, SIGN_IN_PATH
from pytest_lookloox.provider import Provider
from pytest_lookloox.scenarios import Scenario

VISIT = Request("GET", "/api/oauth", "app_id=test-app-id")
REFUSE = Request("POST", CONSENT_PATH, form={"app_id": "test-app-id", "decision": "refuse"})


@pytest.mark.parametrize(
    "request_",
    [VISIT, Request("GET", "/api/oauth", "app_id=unheard-of"), REFUSE],
    ids=["consent", "error", "refused"],
)
def test_page_is_in_the_visitors_language(request_: Request) -> None:
    provider = LookLoox(approved=False)

    english, french = (
        provider.handle(request_._replace(headers={"Accept-Language": language})).body
        for language in ("en", "fr")
    )

    assert english != french


def test_signing_in_rests_on_its_fact() -> None:
    form = {"app_id": "test-app-id", "user_id": "1042"}

    signed_in = LookLoox(signed_in=False).handle(Request("POST", SIGN_IN_PATH, form=form))

    assert signed_in.fact is contract.OAUTH_SIGN_IN


def test_a_form_that_names_no_app_is_answered_like_a_visit_that_names_none() -> None:
    provider = LookLoox(signed_in=False)

    signed_in = provider.handle(Request("POST", SIGN_IN_PATH, form={"user_id": "1042"}))
    cookie = f"lookloox_session={signed_in.session}"
    decided = provider.handle(Request("POST", CONSENT_PATH, headers={"Cookie": cookie}))

    assert signed_in.location == "/api/oauth?app_id="
    assert decided.fact is contract.OAUTH_NO_APP_ID


def test_the_documents_own_sample_rests_on_its_fact() -> None:
    provider = LookLoox()
    provider.inject_fault("empty_user_info")
    query = f"access_token={provider.issue_access_token()}"

    assert provider.handle(Request("GET", "/api/get_user_info", query)).fact is contract.USER_INFO


@pytest.mark.parametrize("name", ["missing_auth_key", "missing_auth_key@oauth"])
def test_a_redirect_without_a_key_happens_once_if_told_so(name: str) -> None:
    provider = LookLoox()
    provider.inject_fault(name, times=1)

    assert "auth_key" not in provider.approve()
    assert "auth_key" in provider.approve()


@pytest.fixture
def provider() -> Provider:
    return Provider(token_lifetime=60, approved=True, signed_in=True, error_status=200)


def test_a_client_kept_out_by_a_door_has_met_its_fault(provider: Provider) -> None:
    barrier = Scenario("connection_refused")
    told: list[object] = []
    provider.keep_the_door(told.append)
    provider.plan(barrier)

    provider.issue_access_token("app", "user")

    assert barrier.took_place is True
    assert told == [None, None, Wire.CONNECTION_REFUSED]


def test_nobody_is_told_of_a_barrier_once_dismissed(provider: Provider) -> None:
    """A thread that still answers could shut the door of the next test."""
    dismissing = threading.Thread(target=provider.keep_the_door, args=(None,))
    ended_meanwhile: list[bool] = []

    def doorkeeper(barrier: Wire | None) -> None:
        dismissing.start()
        dismissing.join(0.1)
        ended_meanwhile.append(not dismissing.is_alive())

    provider.keep_the_door(doorkeeper)  # which tells it at once
    dismissing.join()
    provider.issue_auth_key("some-app", "1042")

    assert ended_meanwhile == [False]


def test_a_misspelt_field_says_where_unknown_ones_go() -> None:
    with pytest.raises(
        TypeError, match=r"'\? A field that only newer servers send goes into extra=\{…\}$"
    ):
        build_user_info(user_mail="a@example.com")
