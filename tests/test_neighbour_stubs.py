"""A test's own `responses` stubs beside the provider, in either order, and nothing left over."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from io import BytesIO
from typing import Any

import pytest
import requests
import responses
from requests.adapters import HTTPAdapter
from responses import RequestsMock, matchers
from responses.registries import OrderedRegistry

from pytest_lookloox import LookLoox

TIMEOUT = 5
SHOP = "https://shop.invalid/orders"
OTHER_SHOP = "https://other-shop.invalid/orders"

Neighbours = Callable[[LookLoox], AbstractContextManager[RequestsMock]]


def footprint() -> dict[str, Any]:
    """All that the stubs of `responses` change for whoever comes next."""
    return {
        "send": HTTPAdapter.send,
        "unbound_on_send": RequestsMock.unbound_on_send,
        "stop": RequestsMock.stop,
        "stubs": list(responses.mock.registered()),
        "calls": list(responses.mock.calls),
        "prefixes": responses.mock.passthru_prefixes,
    }


@pytest.fixture(autouse=True)
def _leaves_no_trace() -> Iterator[None]:
    """Every test of this file leaves `requests` and `responses` as it found them."""
    before = footprint()
    yield
    after = footprint()
    # Mended first, so that one failure does not make the next.
    HTTPAdapter.send = before["send"]  # type: ignore[method-assign]
    RequestsMock.unbound_on_send = before["unbound_on_send"]  # type: ignore[method-assign]
    RequestsMock.stop = before["stop"]  # type: ignore[method-assign]
    responses.reset()
    assert after == before


@contextmanager
def added_to_the_module(provider: LookLoox) -> Iterator[RequestsMock]:
    """`responses.add(…)` and nothing else: the fixture alone makes it work."""
    with provider:
        yield responses.mock


@contextmanager
def activated_inside(provider: LookLoox) -> Iterator[RequestsMock]:
    with provider, responses.mock:
        yield responses.mock


@contextmanager
def activated_before(provider: LookLoox) -> Iterator[RequestsMock]:
    with responses.mock, provider:
        yield responses.mock


@contextmanager
def opened_inside(provider: LookLoox) -> Iterator[RequestsMock]:
    with provider, RequestsMock(assert_all_requests_are_fired=False) as mock:
        yield mock


@contextmanager
def opened_before(provider: LookLoox) -> Iterator[RequestsMock]:
    with RequestsMock(assert_all_requests_are_fired=False) as mock, provider:
        yield mock


@contextmanager
def the_providers_own(provider: LookLoox) -> Iterator[RequestsMock]:
    with provider:
        yield provider.stub


MOCKS_OF_THE_TEST: list[Neighbours] = [
    added_to_the_module,
    activated_inside,
    activated_before,
    opened_inside,
    opened_before,
]
EVERY_MOCK = [*MOCKS_OF_THE_TEST, the_providers_own]

every_mock = pytest.mark.parametrize("neighbour", EVERY_MOCK)


@pytest.fixture
def provider() -> LookLoox:
    """Not opened yet: the tests open it before or after their own stubs."""
    return LookLoox()


def get(url: str, **options: Any) -> requests.Response:
    return requests.get(url, timeout=TIMEOUT, **options)


class Upload:
    """A file object that is no `io.IOBase`, like those of `tempfile` or `requests-toolbelt`."""

    def __init__(self, content: bytes) -> None:
        self._file = BytesIO(content)

    def read(self, size: int = -1) -> bytes:
        return self._file.read(size)


def logged_in_user(provider: LookLoox) -> Any:
    """What a client learns that goes through the whole login."""
    login = {
        "app_id": provider.app.app_id,
        "app_secret": provider.app.app_secret,
        "auth_key": provider.issue_auth_key(),
    }
    token = get(f"{provider.base_url}/api/authorize", params=login).json()
    return get(f"{provider.base_url}/api/get_user_info", params=token).json()["user_info"]


@every_mock
def test_both_answer_in_one_test(provider: LookLoox, neighbour: Neighbours) -> None:
    with neighbour(provider) as mock:
        mock.get(SHOP, body="shop")

        assert get(SHOP).text == "shop"
        assert logged_in_user(provider) == provider.user
        assert get(SHOP).text == "shop"


@every_mock
def test_what_neither_knows_is_refused(provider: LookLoox, neighbour: Neighbours) -> None:
    with neighbour(provider) as mock:
        mock.get(SHOP, body="shop")

        with pytest.raises(requests.ConnectionError, match="was refused"):
            get(OTHER_SHOP)
        with pytest.raises(requests.ConnectionError, match="was refused"):
            requests.post(SHOP, timeout=TIMEOUT)


@every_mock
def test_a_stub_for_the_providers_url_wins(provider: LookLoox, neighbour: Neighbours) -> None:
    with neighbour(provider) as mock:
        mock.get(f"{provider.base_url}/api/authorize", status=502)

        assert get(f"{provider.base_url}/api/authorize").status_code == 502
        assert get(f"{provider.base_url}/api/get_user_info").status_code == 200

    assert [call.endpoint for call in provider.calls] == ["get_user_info"]


@every_mock
def test_a_stub_for_the_providers_host_wins_until_it_is_removed(
    provider: LookLoox, neighbour: Neighbours
) -> None:
    with neighbour(provider) as mock:
        mock.upsert("GET", f"{provider.base_url}/", body="mine")
        assert get(f"{provider.base_url}/").text == "mine"

        mock.remove("GET", f"{provider.base_url}/")

        assert logged_in_user(provider) == provider.user


@every_mock
def test_stubs_of_one_url_answer_in_turn(provider: LookLoox, neighbour: Neighbours) -> None:
    with neighbour(provider) as mock:
        mock.get(SHOP, body="first")
        mock.get(SHOP, body="second")

        assert [get(SHOP).text, get(SHOP).text, get(SHOP).text] == ["first", "second", "second"]


@every_mock
def test_a_stub_may_raise_or_compute_its_answer(provider: LookLoox, neighbour: Neighbours) -> None:
    with neighbour(provider) as mock:
        mock.get(SHOP, body=requests.Timeout("too slow"))
        mock.add_callback("GET", OTHER_SHOP, lambda request: (201, {}, str(request.url)))

        with pytest.raises(requests.Timeout, match="too slow"):
            get(SHOP)
        assert get(OTHER_SHOP).text == OTHER_SHOP


@every_mock
def test_a_mock_remembers_its_own_calls(provider: LookLoox, neighbour: Neighbours) -> None:
    with neighbour(provider) as mock:
        stub = mock.get(SHOP)
        get(SHOP)

        assert [call.request.url for call in mock.calls] == [SHOP]
        assert stub.call_count == 1
        assert mock.assert_call_count(SHOP, 1)


@pytest.mark.parametrize("neighbour", MOCKS_OF_THE_TEST)
def test_a_mock_does_not_remember_what_others_answered(
    provider: LookLoox, neighbour: Neighbours
) -> None:
    with neighbour(provider) as mock:
        mock.get(SHOP)
        provider.stub.get(OTHER_SHOP)

        get(OTHER_SHOP)
        get(f"{provider.base_url}/api/authorize")

        assert len(mock.calls) == 0


@every_mock
def test_reset_takes_a_mocks_stubs_away_and_leaves_the_provider(
    provider: LookLoox, neighbour: Neighbours
) -> None:
    with neighbour(provider) as mock:
        mock.get(SHOP)
        mock.reset()

        with pytest.raises(requests.ConnectionError, match="was refused"):
            get(SHOP)
        assert logged_in_user(provider) == provider.user


class TestMatchers:
    @every_mock
    def test_they_choose_among_stubs_of_one_url(
        self, provider: LookLoox, neighbour: Neighbours
    ) -> None:
        with neighbour(provider) as mock:
            mock.get(SHOP, body="one", match=[matchers.query_param_matcher({"page": "1"})])
            mock.get(SHOP, body="two", match=[matchers.query_param_matcher({"page": "2"})])

            assert get(SHOP, params={"page": "2"}).text == "two"
            with pytest.raises(requests.ConnectionError, match="was refused"):
                get(SHOP, params={"page": "3"})

    @pytest.mark.parametrize(
        ("params", "query"),
        [
            ({"a": ["1", "2"]}, "a=1&a=2"),
            # How `responses` itself reads a parameter whose values stand apart.
            ({"a": "3", "b": "2"}, "a=1&b=2&a=3"),
        ],
    )
    def test_they_see_the_parameters_that_responses_shows_them(
        self, lookloox: LookLoox, params: dict[str, Any], query: str
    ) -> None:
        lookloox.stub.get(SHOP, body="ok", match=[matchers.query_param_matcher(params)])

        assert get(f"{SHOP}?{query}").text == "ok"

    @every_mock
    @pytest.mark.parametrize("encoded", [bytes, bytes.decode, BytesIO, Upload])
    def test_they_see_the_body(
        self, provider: LookLoox, neighbour: Neighbours, encoded: Callable[[bytes], Any]
    ) -> None:
        with neighbour(provider) as mock:
            mock.post(SHOP, body="ok", match=[matchers.json_params_matcher({"id": 7})])

            assert requests.post(SHOP, data=encoded(b'{"id": 7}'), timeout=TIMEOUT).text == "ok"
            with pytest.raises(requests.ConnectionError, match="was refused"):
                requests.post(SHOP, data=encoded(b'{"id": 8}'), timeout=TIMEOUT)

    @every_mock
    def test_they_see_headers_and_the_options_of_the_call(
        self, provider: LookLoox, neighbour: Neighbours
    ) -> None:
        match = [
            matchers.header_matcher({"Accept-Language": "fr"}),
            matchers.request_kwargs_matcher({"stream": True, "timeout": TIMEOUT}),
        ]
        with neighbour(provider) as mock:
            mock.get(SHOP, body="ok", match=match)

            assert get(SHOP, headers={"Accept-Language": "fr"}, stream=True).text == "ok"
            with pytest.raises(requests.ConnectionError, match="was refused"):
                get(SHOP, headers={"Accept-Language": "fr"})


class TestOtherRegistries:
    def test_an_ordered_registry_keeps_its_order_beside_the_provider(
        self, provider: LookLoox
    ) -> None:
        with provider, RequestsMock(registry=OrderedRegistry) as mock:
            mock.get(SHOP, body="first")
            mock.get(OTHER_SHOP, body="second")

            assert get(SHOP).text == "first"
            assert logged_in_user(provider) == provider.user
            assert get(OTHER_SHOP).text == "second"

    def test_an_ordered_registry_refuses_what_comes_too_early(self, provider: LookLoox) -> None:
        with (
            provider,
            RequestsMock(registry=OrderedRegistry, assert_all_requests_are_fired=False) as mock,
        ):
            mock.get(SHOP)
            mock.get(OTHER_SHOP)

            with pytest.raises(requests.ConnectionError, match="Next 'Response' in the order"):
                get(OTHER_SHOP)

    def test_an_ordered_registry_opened_before_keeps_its_order(self, provider: LookLoox) -> None:
        with RequestsMock(registry=OrderedRegistry) as mock, provider:
            mock.get(SHOP, body="first")
            mock.get(SHOP, body="second")

            assert [get(SHOP).text, get(SHOP).text] == ["first", "second"]


class TestActivate:
    """The decorator, as people write it."""

    @responses.activate
    def test_bare(self, lookloox: LookLoox) -> None:
        responses.get(SHOP, body="shop")

        assert get(SHOP).text == "shop"
        assert logged_in_user(lookloox) == lookloox.user

    @responses.activate(registry=OrderedRegistry, assert_all_requests_are_fired=True)
    def test_with_options(self, lookloox: LookLoox) -> None:
        responses.get(SHOP, body="shop")

        assert logged_in_user(lookloox) == lookloox.user
        assert get(SHOP).text == "shop"

    def test_on_a_helper_inside_the_test(self, lookloox: LookLoox) -> None:
        @responses.activate
        def helper() -> str:
            responses.get(SHOP, body="shop")
            return get(SHOP).text

        assert helper() == "shop"
        assert logged_in_user(lookloox) == lookloox.user


class TestAllRequestsFired:
    def test_a_stub_that_never_fired_is_reported(self, provider: LookLoox) -> None:
        with provider:
            with pytest.raises(AssertionError, match="Not all requests"), RequestsMock() as mock:
                mock.get(SHOP)

            assert logged_in_user(provider) == provider.user
            with pytest.raises(requests.ConnectionError, match="was refused"):
                get(SHOP)

    def test_so_it_is_by_a_mock_opened_before(self, provider: LookLoox) -> None:
        with (
            pytest.raises(AssertionError, match="Not all requests"),
            RequestsMock() as mock,
            provider,
        ):
            mock.get(SHOP)

    def test_the_providers_answers_do_not_count(self, provider: LookLoox) -> None:
        with provider, RequestsMock() as mock:
            mock.get(SHOP)

            logged_in_user(provider)
            get(SHOP)


@pytest.mark.parametrize(
    "prefix", ["", "http", "https", "https://", re.compile("http"), re.compile(r"https?://.*")]
)
@pytest.mark.parametrize("first", ["mock", "provider"])
def test_a_blanket_prefix_is_no_permission(provider: LookLoox, prefix: Any, first: str) -> None:
    mock = RequestsMock(passthru_prefixes=(prefix,))
    orders: dict[str, list[AbstractContextManager[Any]]] = {
        "mock": [mock, provider],
        "provider": [provider, mock],
    }
    with ExitStack() as stack:
        for opened in orders[first]:
            stack.enter_context(opened)

        with pytest.raises(requests.ConnectionError, match="was refused"):
            get(SHOP)


class TestStoppingOutOfOrder:
    """`start` and `stop` where no `with` block keeps the order."""

    def test_a_mock_opened_before_and_stopped_during(self, provider: LookLoox) -> None:
        mock = RequestsMock()
        mock.start()
        with provider:
            mock.stop()

            assert logged_in_user(provider) == provider.user
            with pytest.raises(requests.ConnectionError, match="was refused"):
                get(SHOP)

    def test_the_module_started_before_and_stopped_during(self, provider: LookLoox) -> None:
        responses.start()
        with provider:
            responses.stop()

            assert logged_in_user(provider) == provider.user
            with pytest.raises(requests.ConnectionError, match="was refused"):
                get(SHOP)

    def test_a_mock_opened_during_and_stopped_after(self, provider: LookLoox) -> None:
        mock = RequestsMock()
        provider.start()
        mock.start()
        mock.get(SHOP, body="shop")
        provider.stop()

        assert get(SHOP).text == "shop"
        with pytest.raises(requests.ConnectionError, match="refused by Responses"):
            get(provider.base_url)

        mock.stop()

    def test_the_module_started_during_and_stopped_after(self, provider: LookLoox) -> None:
        provider.start()
        responses.start()
        responses.get(SHOP, body="shop")
        provider.stop()

        assert get(SHOP).text == "shop"
        with pytest.raises(requests.ConnectionError, match="refused by Responses"):
            get(provider.base_url)

        responses.stop()
        responses.reset()

    def test_a_mock_started_anew_during(self, provider: LookLoox) -> None:
        mock = RequestsMock(assert_all_requests_are_fired=False)
        mock.start()
        mock.get(SHOP, body="shop")
        with provider:
            mock.stop()
            mock.start()

            assert get(SHOP).text == "shop"
            assert logged_in_user(provider) == provider.user

            mock.stop()

    def test_a_patch_of_the_tests_own_undone_after(
        self, provider: LookLoox, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Nobody tells us when such a patch is undone: the next provider tidies up."""
        provider.start()
        monkeypatch.setattr(HTTPAdapter, "send", lambda *args, **options: requests.Response())
        provider.stop()
        monkeypatch.undo()

        with LookLoox() as following:
            assert logged_in_user(following) == following.user

    def test_a_mock_that_outlived_one_provider_beside_the_next(self, provider: LookLoox) -> None:
        provider.start()
        early = RequestsMock()
        early.start()
        provider.stop()
        early.stop()
        late = RequestsMock()
        late.start()
        with LookLoox():
            late.stop()

    def test_providers_closed_in_the_order_in_which_they_were_opened(self) -> None:
        first = LookLoox()
        second = LookLoox(base_url="https://sister.invalid")
        first.start()
        second.start()
        first.stop()

        assert logged_in_user(second) == second.user
        with pytest.raises(requests.ConnectionError, match=r"only https://sister\.invalid is"):
            get(f"{first.base_url}/api/authorize")

        second.stop()


class TestNothingIsLeft:
    def test_of_what_the_module_was_told_meanwhile(self, provider: LookLoox) -> None:
        with provider:
            responses.get(SHOP)
            responses.add_passthru(OTHER_SHOP)
            get(SHOP)

        with LookLoox(), pytest.raises(requests.ConnectionError, match="was refused"):
            get(SHOP)

    def test_when_the_block_fails(self, provider: LookLoox) -> None:
        with pytest.raises(ZeroDivisionError), provider, RequestsMock():
            raise ZeroDivisionError

    def test_but_what_the_module_had_before_stays(self, provider: LookLoox) -> None:
        responses.start()
        earlier = responses.get(SHOP, body="earlier")
        get(SHOP)
        responses.stop(allow_assert=False)

        with provider:
            responses.get(OTHER_SHOP)
            assert get(SHOP).text == "earlier"
        left = footprint()
        responses.reset()

        assert left["stubs"] == [earlier]
        assert [call.request.url for call in left["calls"]] == [SHOP]

    def test_and_what_an_active_module_was_told_stays_until_it_ends(
        self, provider: LookLoox
    ) -> None:
        with responses.mock:
            with provider:
                responses.get(SHOP, body="shop")

            assert get(SHOP).text == "shop"


class TestTwoProviders:
    def test_each_answers_for_its_own_host(self, provider: LookLoox) -> None:
        with provider, LookLoox(base_url="https://sister.invalid") as sister:
            assert logged_in_user(provider) == provider.user
            assert logged_in_user(sister) == sister.user

        assert [len(one.calls) for one in (provider, sister)] == [2, 2]

    def test_neither_knows_what_the_other_handed_out(self, provider: LookLoox) -> None:
        with provider, LookLoox(base_url="https://sister.invalid") as sister:
            token = provider.issue_access_token()
            url = f"{sister.base_url}/api/get_user_info"

            answer = get(url, params={"access_token": token}).json()

        assert answer["message"] == "Bad Request, invalid access_token"

    def test_of_one_host_the_one_opened_last_answers(self, provider: LookLoox) -> None:
        with provider, LookLoox(user={"user_id": "7"}) as inner:
            assert logged_in_user(inner)["user_id"] == "7"

        assert provider.calls == []

    def test_a_refusal_names_both(self, provider: LookLoox) -> None:
        with (
            provider,
            LookLoox(base_url="https://sister.invalid"),
            pytest.raises(
                requests.ConnectionError,
                match=r"only https://sister\.invalid, https://lookloox\.com is simulated",
            ),
        ):
            get(SHOP)
