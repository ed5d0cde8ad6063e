"""`responses` itself: a test's own mocks beside the provider, opened before or after it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from io import BytesIO
from typing import Any

import pytest
import requests
import responses
from responses import PassthroughResponse, RequestsMock, matchers
from responses.registries import OrderedRegistry

from pytest_lookloox import LookLoox
from tests.client import TIMEOUT, ask, log_in

SHOP = "https://shop.invalid/orders"
OTHER_SHOP = "https://other-shop.invalid/orders"


def get(url: str, **options: Any) -> requests.Response:
    return requests.get(url, timeout=TIMEOUT, **options)


def was_refused(url: str, **options: Any) -> bool:
    """Return whether we, not a mock, refused the request."""
    with pytest.raises(requests.ConnectionError) as refused:
        get(url, **options)
    return "was refused: only https://lookloox.com is simulated" in str(refused.value)


@pytest.fixture(autouse=True)
def _module_is_left_as_found() -> Iterator[None]:
    def told() -> list[Any]:
        module = responses.mock
        return [[*module.registered()], module.passthru_prefixes, len(module.calls)]

    before = told()
    yield
    after = told()
    responses.reset()  # so that one failure does not make the next
    assert after == before


MOCKS: dict[str, tuple[str, list[str]]] = {
    "module, not activated": ("module", ["provider"]),
    "module, activated after": ("module", ["provider", "module"]),
    "module, activated before": ("module", ["module", "provider"]),
    "mock opened after": ("own", ["provider", "own"]),
    "mock opened before": ("own", ["own", "provider"]),
    "lookloox.stub": ("stub", ["provider"]),
}


@pytest.fixture(params=MOCKS)
def mock(request: pytest.FixtureRequest, provider: LookLoox) -> Iterator[RequestsMock]:
    """Every mock in which a test may have stubs, open beside the provider."""
    own = RequestsMock(assert_all_requests_are_fired=False)
    named: dict[str, Any] = {"provider": provider, "module": responses.mock, "own": own}
    mock, opened = MOCKS[request.param]
    with ExitStack() as stack:
        for name in opened:
            stack.enter_context(named[name])
        yield provider.stub if mock == "stub" else named[mock]


class TestEveryMock:
    def test_both_answer_and_the_rest_is_refused(
        self, provider: LookLoox, mock: RequestsMock
    ) -> None:
        stub = mock.get(SHOP, body="shop")

        assert get(SHOP).text == "shop"
        assert log_in(provider) == provider.user
        assert get(SHOP).text == "shop"
        assert was_refused(OTHER_SHOP)
        assert stub.call_count == 2
        assert mock.assert_call_count(SHOP, 2)

    def test_it_remembers_only_its_own_calls(self, provider: LookLoox, mock: RequestsMock) -> None:
        mock.get(SHOP)
        provider.stub.get(OTHER_SHOP)

        for url in (SHOP, OTHER_SHOP, f"{provider.base_url}/api/authorize"):
            get(url)

        assert len(mock.calls) == (2 if mock is provider.stub else 1)

    def test_stub_for_the_provider_wins_until_it_is_removed(
        self, provider: LookLoox, mock: RequestsMock
    ) -> None:
        url = f"{provider.base_url}/api/authorize"
        mock.upsert("GET", url, status=502)

        assert get(url).status_code == 502
        assert get(f"{provider.base_url}/api/get_user_info").status_code == 200
        assert [call.endpoint for call in provider.calls] == ["get_user_info"]

        mock.remove("GET", url)
        assert log_in(provider) == provider.user

    def test_matchers_choose_by_query_headers_and_options(self, mock: RequestsMock) -> None:
        for page in ("1", "2"):
            match = [
                matchers.query_param_matcher({"page": page, "a": ["1", "2"]}),
                matchers.header_matcher({"Accept-Language": "fr"}),
                matchers.request_kwargs_matcher({"stream": True, "timeout": TIMEOUT}),
            ]
            mock.get(SHOP, body=page, match=match)
        headers, params = {"Accept-Language": "fr"}, {"page": "2", "a": ["1", "2"]}

        assert get(SHOP, params=params, headers=headers, stream=True).text == "2"
        assert was_refused(SHOP, params={"page": "3"}, headers=headers, stream=True)
        assert was_refused(SHOP, params=params, stream=True)
        assert was_refused(SHOP, params=params, headers=headers)

    @pytest.mark.parametrize("encoded", [bytes, bytes.decode, BytesIO])
    def test_matchers_see_the_body(
        self, mock: RequestsMock, encoded: Callable[[bytes], Any]
    ) -> None:
        mock.post(SHOP, body="ok", match=[matchers.json_params_matcher({"id": 7})])

        assert requests.post(SHOP, data=encoded(b'{"id": 7}'), timeout=TIMEOUT).text == "ok"
        with pytest.raises(requests.ConnectionError, match="was refused"):
            requests.post(SHOP, data=encoded(b'{"id": 8}'), timeout=TIMEOUT)

    def test_what_it_lets_through_reaches_the_host(
        self, mock: RequestsMock, real_server: str
    ) -> None:
        mock.add(PassthroughResponse("GET", f"{real_server}/orders"))
        assert get(f"{real_server}/orders").text == "real "

        mock.add_passthru(real_server)
        assert get(real_server).text == "real "
        assert was_refused(SHOP)

    @pytest.mark.parametrize("prefix", ["", "http", "https://", re.compile(r"https?://.*")])
    def test_blanket_prefix_is_no_permission(self, mock: RequestsMock, prefix: Any) -> None:
        mock.add_passthru(prefix)

        assert was_refused(SHOP)


def test_mock_opened_last_is_asked_first(provider: LookLoox) -> None:
    with provider, RequestsMock(assert_all_requests_are_fired=False) as last:
        mocks = [last, responses.mock, provider.stub]
        for number, mock in enumerate(mocks):
            mock.get(SHOP, body=str(number))

        answers = []
        for mock in mocks:
            answers.append(get(SHOP).text)
            mock.remove("GET", SHOP)

    assert answers == ["0", "1", "2"]


def test_ordered_registry_keeps_its_order(provider: LookLoox) -> None:
    mock = RequestsMock(registry=OrderedRegistry, assert_all_requests_are_fired=False)
    with provider, mock:
        for url, body in [(SHOP, "first"), (SHOP, "second"), (OTHER_SHOP, "third")]:
            mock.get(url, body=body)
        mock.get(SHOP)

        assert get(SHOP).text == "first"
        assert log_in(provider) == provider.user
        assert get(SHOP).text == "second"
        with pytest.raises(requests.ConnectionError, match="Next 'Response' in the order"):
            get(SHOP)


def test_decorator_on_a_helper_inside_the_test(lookloox: LookLoox) -> None:
    @responses.activate
    def helper() -> str:
        responses.get(SHOP, body="shop")
        return get(SHOP).text

    assert helper() == "shop"
    assert was_refused(SHOP)
    assert log_in(lookloox) == lookloox.user


class TestModuleThatIsNotActivated:
    """What a test told it is dropped with the provider; the next test does not get it."""

    def test_stubs_prefixes_and_calls_are_dropped(self, provider: LookLoox) -> None:
        earlier = responses.get(SHOP, body="earlier")
        with provider:
            responses.get(OTHER_SHOP)
            responses.add_passthru(OTHER_SHOP)
            assert get(SHOP).text == "earlier"
        left = responses.registered()
        responses.reset()

        assert left == [earlier]
        assert len(responses.calls) == 0
        with LookLoox():
            assert was_refused(OTHER_SHOP)

    def test_active_one_is_left_alone(self, provider: LookLoox) -> None:
        with responses.mock:
            with provider:
                responses.get(SHOP, body="shop")

            assert get(SHOP).text == "shop"
            assert len(responses.calls) == 1


@pytest.mark.parametrize("first", ["mock", "provider"])
@pytest.mark.parametrize("stopped_first", ["mock", "provider"])
@pytest.mark.parametrize("mock", [RequestsMock(), responses.mock], ids=["own", "module"])
def test_mock_and_provider_may_be_stopped_in_any_order(
    provider: LookLoox, mock: RequestsMock, real_server: str, first: str, stopped_first: str
) -> None:
    for opened in (mock, provider) if first == "mock" else (provider, mock):
        opened.start()

    if stopped_first == "mock":
        mock.stop()
        assert log_in(provider) == provider.user
        assert was_refused(SHOP)
        provider.stop()
    else:
        provider.stop()
        mock.get(SHOP, body="an order")
        assert get(SHOP).text == "an order"
        with pytest.raises(requests.ConnectionError, match="refused by Responses"):
            ask(provider, "authorize", {})
        mock.stop()
        mock.reset()
    assert get(real_server).text == "real "
