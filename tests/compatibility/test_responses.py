"""`responses` itself: a test's own mocks beside the provider, opened before or after it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack
from io import BytesIO
from typing import Any

import pytest
import requests
import responses
from requests.adapters import HTTPAdapter
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


def footprint() -> list[Any]:
    """Return all that stubs could leave behind."""
    module = responses.mock
    changed = [HTTPAdapter.send, RequestsMock._on_request, module.passthru_prefixes]
    return [*changed, [*module.registered()], len(module.calls)]


@pytest.fixture(autouse=True)
def _no_trace_is_left() -> Iterator[None]:
    before = footprint()
    yield
    after = footprint()
    responses.reset()  # so that one failure does not make the next
    assert after == before


@pytest.fixture
def provider() -> LookLoox:
    """A provider that a test opens before or after its own mocks."""
    return LookLoox()


@pytest.fixture(
    params=[
        "module, not activated",
        "module, activated after",
        "module, activated before",
        "mock opened after",
        "mock opened before",
        "lookloox.stub",
    ]
)
def mock(request: pytest.FixtureRequest, provider: LookLoox) -> Iterator[RequestsMock]:
    """Every mock in which a test may have stubs, open beside the provider."""
    own = RequestsMock(assert_all_requests_are_fired=False)
    module = responses.mock
    cases: dict[str, tuple[RequestsMock, list[AbstractContextManager[Any]]]] = {
        "module, not activated": (module, [provider]),
        "module, activated after": (module, [provider, module]),
        "module, activated before": (module, [module, provider]),
        "mock opened after": (own, [provider, own]),
        "mock opened before": (own, [own, provider]),
        "lookloox.stub": (provider.stub, [provider]),
    }
    mock, opened = cases[request.param]
    with ExitStack() as stack:
        for context in opened:
            stack.enter_context(context)
        yield mock


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

        assert len(mock.calls) == (3 if mock is provider.stub else 1)

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

    def test_stubs_answer_in_turn_raise_or_compute(self, mock: RequestsMock) -> None:
        mock.get(SHOP, body="first")
        mock.get(SHOP, body=requests.Timeout("too slow"))
        mock.add_callback("GET", OTHER_SHOP, lambda request: (201, {}, str(request.url)))

        assert get(SHOP).text == "first"
        with pytest.raises(requests.Timeout, match="too slow"):
            get(SHOP)
        assert get(OTHER_SHOP).text == OTHER_SHOP

    def test_reset_leaves_the_provider(self, provider: LookLoox, mock: RequestsMock) -> None:
        mock.get(SHOP)
        mock.reset()

        assert was_refused(SHOP)
        assert log_in(provider) == provider.user

    def test_matchers_choose_by_query_headers_and_options(self, mock: RequestsMock) -> None:
        for page in ("1", "2"):
            match = [
                matchers.query_param_matcher({"page": page}),
                matchers.header_matcher({"Accept-Language": "fr"}),
                matchers.request_kwargs_matcher({"stream": True, "timeout": TIMEOUT}),
            ]
            mock.get(SHOP, body=page, match=match)
        french = {"Accept-Language": "fr"}

        assert get(SHOP, params={"page": "2"}, headers=french, stream=True).text == "2"
        assert was_refused(SHOP, params={"page": "3"}, headers=french, stream=True)
        assert was_refused(SHOP, params={"page": "2"}, stream=True)
        assert was_refused(SHOP, params={"page": "2"}, headers=french)

    @pytest.mark.parametrize("encoded", [bytes, bytes.decode, BytesIO])
    def test_matchers_see_the_body(
        self, mock: RequestsMock, encoded: Callable[[bytes], Any]
    ) -> None:
        mock.post(SHOP, body="ok", match=[matchers.json_params_matcher({"id": 7})])

        assert requests.post(SHOP, data=encoded(b'{"id": 7}'), timeout=TIMEOUT).text == "ok"
        with pytest.raises(requests.ConnectionError, match="was refused"):
            requests.post(SHOP, data=encoded(b'{"id": 8}'), timeout=TIMEOUT)

    def test_host_named_by_a_prefix_is_let_through(
        self, mock: RequestsMock, real_server: str
    ) -> None:
        mock.add_passthru(real_server)

        assert get(real_server).text == "real "
        assert was_refused(SHOP)

    def test_pattern_that_names_a_host_lets_it_through(
        self, mock: RequestsMock, real_server: str
    ) -> None:
        mock.add_passthru(re.compile(r"http://127\.0\.0\.1:\d+/"))

        assert get(real_server).text == "real "

    def test_stub_that_passes_through_is_honoured(
        self, mock: RequestsMock, real_server: str
    ) -> None:
        mock.add(PassthroughResponse("GET", f"{real_server}/orders"))

        assert get(f"{real_server}/orders").text == "real "

    @pytest.mark.parametrize(
        "prefix", ["", "http", "https", "https://", re.compile("http"), re.compile(r"https?://.*")]
    )
    def test_blanket_prefix_is_no_permission(self, mock: RequestsMock, prefix: Any) -> None:
        mock.add_passthru(prefix)

        assert was_refused(SHOP)


def test_mock_opened_last_is_asked_first(provider: LookLoox) -> None:
    before, last = (RequestsMock(assert_all_requests_are_fired=False) for _ in range(2))
    with before, provider, last:
        mocks = [last, responses.mock, provider.stub, before]
        for number, mock in enumerate(mocks):
            mock.get(SHOP, body=str(number))

        answers = []
        for mock in mocks:
            answers.append(get(SHOP).text)
            mock.remove("GET", SHOP)

    assert answers == ["0", "1", "2", "3"]


@pytest.mark.parametrize(
    ("params", "query"),
    # The second: how `responses` itself reads a parameter whose values are apart.
    [({"a": ["1", "2"]}, "a=1&a=2"), ({"a": "3", "b": "2"}, "a=1&b=2&a=3")],
)
def test_matchers_get_the_parameters_that_responses_would_give_them(
    lookloox: LookLoox, params: dict[str, Any], query: str
) -> None:
    lookloox.stub.get(SHOP, body="ok", match=[matchers.query_param_matcher(params)])

    assert get(f"{SHOP}?{query}").text == "ok"


def test_mocks_own_way_to_the_network_is_taken(provider: LookLoox) -> None:
    def own_network(*args: Any, **options: Any) -> requests.Response:
        answer = requests.Response()
        answer.status_code = 418
        return answer

    own = RequestsMock(passthru_prefixes=(SHOP,), real_adapter_send=own_network)
    with provider, own:
        assert get(SHOP).status_code == 418


@pytest.mark.parametrize("is_first", [False, True])
def test_ordered_registry_keeps_its_order(provider: LookLoox, is_first: bool) -> None:
    mock = RequestsMock(registry=OrderedRegistry, assert_all_requests_are_fired=False)
    opened: list[AbstractContextManager[Any]] = [mock, provider] if is_first else [provider, mock]
    with opened[0], opened[1]:
        for url, body in [(SHOP, "first"), (SHOP, "second"), (OTHER_SHOP, "third")]:
            mock.get(url, body=body)
        mock.get(SHOP)

        assert get(SHOP).text == "first"
        assert log_in(provider) == provider.user
        assert get(SHOP).text == "second"
        with pytest.raises(requests.ConnectionError, match="Next 'Response' in the order"):
            get(SHOP)


class TestActivate:
    """The decorator, as people write it."""

    @responses.activate
    def test_bare(self, lookloox: LookLoox) -> None:
        responses.get(SHOP, body="shop")

        assert get(SHOP).text == "shop"
        assert log_in(lookloox) == lookloox.user

    @responses.activate(registry=OrderedRegistry, assert_all_requests_are_fired=True)
    def test_with_options(self, lookloox: LookLoox) -> None:
        responses.get(SHOP, body="shop")

        assert log_in(lookloox) == lookloox.user
        assert get(SHOP).text == "shop"

    def test_on_a_helper_inside_the_test(self, lookloox: LookLoox) -> None:
        @responses.activate
        def helper() -> str:
            responses.get(SHOP, body="shop")
            return get(SHOP).text

        assert helper() == "shop"
        assert was_refused(SHOP)
        assert log_in(lookloox) == lookloox.user


class TestAllRequestsFired:
    def test_stub_that_never_fired_is_reported(self, provider: LookLoox) -> None:
        with provider:
            with pytest.raises(AssertionError, match="Not all requests"), RequestsMock() as mock:
                mock.get(SHOP)
            with RequestsMock() as mock:
                mock.get(SHOP)
                log_in(provider)
                get(SHOP)

            assert log_in(provider) == provider.user
            assert was_refused(SHOP)

    def test_it_is_by_a_mock_opened_before_too(self, provider: LookLoox) -> None:
        with pytest.raises(AssertionError, match="Not all"), RequestsMock() as mock, provider:
            mock.get(SHOP)


class TestModuleThatIsNotActivated:
    """What a test told it is dropped with the provider; the next test does not get it."""

    def test_stubs_prefixes_and_calls_are_dropped(self, provider: LookLoox) -> None:
        with provider:
            responses.get(SHOP)
            responses.add_passthru(OTHER_SHOP)
            get(SHOP)
        assert len(responses.calls) == 0

        with LookLoox():
            assert was_refused(SHOP)
            assert was_refused(OTHER_SHOP)

    def test_what_it_was_told_before_stays(self, provider: LookLoox) -> None:
        earlier = responses.get(SHOP, body="earlier")
        with provider:
            responses.get(OTHER_SHOP)
            assert get(SHOP).text == "earlier"
        left = responses.registered()
        responses.reset()

        assert left == [earlier]

    def test_active_one_is_left_alone(self, provider: LookLoox) -> None:
        with responses.mock:
            with provider:
                responses.get(SHOP, body="shop")

            assert get(SHOP).text == "shop"
            assert len(responses.calls) == 1


class TestProviderClosedBeforeTheMock:
    @pytest.mark.parametrize("mock", [RequestsMock(), responses.mock], ids=["own", "module"])
    def test_mock_goes_on_alone(
        self, provider: LookLoox, mock: RequestsMock, real_server: str
    ) -> None:
        send = HTTPAdapter.send
        provider.start()
        mock.start()
        mock.get(SHOP, body="shop")
        provider.stop()

        assert get(SHOP).text == "shop"
        with pytest.raises(requests.ConnectionError, match="refused by Responses"):
            ask(provider, "authorize", {})

        mock.stop()
        mock.reset()
        # What the mock put back leads to the network, and the next provider works.
        assert get(real_server).text == "real "
        with provider:
            assert log_in(provider) == provider.user
        HTTPAdapter.send = send  # type: ignore[method-assign]


def test_patch_of_the_tests_own_is_put_back(
    provider: LookLoox, monkeypatch: pytest.MonkeyPatch
) -> None:
    def send(*args: Any, **options: Any) -> requests.Response:
        raise NotImplementedError

    monkeypatch.setattr(HTTPAdapter, "send", send)
    with provider:
        assert log_in(provider) == provider.user

    with pytest.raises(NotImplementedError):
        get(SHOP)


@pytest.mark.parametrize("first", ["mock", "provider"])
@pytest.mark.parametrize("stopped_first", ["mock", "provider"])
def test_mock_and_provider_may_be_stopped_in_any_order(first: str, stopped_first: str) -> None:
    provider, mock = LookLoox(), RequestsMock(assert_all_requests_are_fired=False)
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
        mock.stop()
