"""What a website with "Log in with Look Loox" has to survive, as its visitors see it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

import pytest

from pytest_lookloox import (
    FAULTS,
    VARIATIONS,
    Fault,
    LookLoox,
    UserInfo,
    UserInfoBuilder,
)
from pytest_lookloox.conformance.visitor import Visitor
from pytest_lookloox.provider.user_info import TYPICAL, identity_fields

pytestmark = pytest.mark.filterwarnings("ignore:Unverified HTTPS request")

_KEY_IS_USED_TWICE = pytest.mark.filterwarnings("ignore::pytest_lookloox.AuthKeyReuseWarning")
"""By the case, not by a mistake of the site's."""

NewVisitor = Callable[[], Visitor]

_LOG_IN = "Log the user in; only `user_id` is needed for it."
_OWN_SESSION = (
    "Accept a callback only in a session that began a login, and only once: the protocol has no "
    "`state` that would tell the two apart."
)
_BY_ID = "Tell accounts apart by `user_id` alone: any other field may be shared, empty or changed."
_KEEP = "Keep the secret and the tokens on the server: in no page, redirect, cookie or message."
_CANNOT_TELL = "cannot tell who is signed in: give --lookloox-signed-in or --lookloox-account"


def _expect(
    visitor: Visitor, visit: Callable[[], object], case: str, advice: str, *, signed_in: bool
) -> None:
    """Fail unless the site answers the visit, shows no secret, and the visitor is signed in or not.

    A case that passes but for what cannot be told is skipped.
    """
    because, problems = "", []
    try:
        visit()
        signs = [*visitor.signs()]
        because = next((sign for sign, holds in signs if holds), "")
        if because and not signed_in:
            problems.append(f"The site signed the visitor in: {because}.")
        elif signed_in and not because and visitor.site.tells:
            missing = " and ".join(sign for sign, _ in signs)
            problems.append(f"The site did not sign the visitor in: {missing}.")
    except pytest.fail.Exception as failure:
        problems.append(str(failure))
    leaks = [*visitor.leaks()]
    _report(case, [*problems, *leaks], f"{advice} {_KEEP}" if leaks else advice)
    if not visitor.site.tells:
        pytest.skip(_CANNOT_TELL)


def _report(case: str, problems: list[str], advice: str) -> None:
    """Fail if there are problems, with what the site's owner has to know."""
    if problems:
        # The first line is what pytest's summary and the report page quote.
        lines = [*dict.fromkeys(problems), f"Tried: {case}", f"A good client: {advice}"]
        pytest.fail("\n".join(lines), pytrace=False)


def test_good_login(visitor: Visitor) -> None:
    _expect(visitor, visitor.log_in, "A login without any trouble.", _LOG_IN, signed_in=True)


def test_login_again(visitor: Visitor, new_visitor: NewVisitor) -> None:
    case = "The same user logs in again, in the same browser and in another one."
    for browser in (visitor, visitor, new_visitor()):
        _expect(browser, browser.log_in, case, _LOG_IN, signed_in=True)


def test_fault(visitor: Visitor, lookloox_fault: Fault) -> None:
    case = f"{lookloox_fault}: {lookloox_fault.description}"
    _expect(visitor, visitor.log_in, case, lookloox_fault.advice, signed_in=False)


def test_no_secret_is_shown(visitor: Visitor) -> None:
    visitor.log_in()
    visitor.signed_in_because()
    leaks = visitor.leaks(cookies=True)
    _report("Everything that the site sends during a login.", list(leaks), _KEEP)


def test_odd_user(
    request: pytest.FixtureRequest, visitor: Visitor, lookloox_odd_user: UserInfo
) -> None:
    name = request.node.callspec.params["lookloox_odd_user"]
    unusual = {
        field: value
        for field, value in lookloox_odd_user.items()
        if value != TYPICAL.get(field) and (not value or field not in identity_fields(0))
    }
    case = f"{name}: a strange but legal profile, with {unusual or 'the e-mail of another user'}."
    _expect(visitor, visitor.log_in, case, _LOG_IN, signed_in=True)


@pytest.mark.parametrize("variation", VARIATIONS)
def test_variation(visitor: Visitor, lookloox_server: LookLoox, variation: str) -> None:
    lookloox_server.vary(variation)
    case = f"{variation}: {VARIATIONS[variation].description}"
    _expect(visitor, visitor.log_in, case, "Log the user in all the same.", signed_in=True)


def test_forged_callback(visitor: Visitor, lookloox_server: LookLoox) -> None:
    visit = partial(visitor.open, lookloox_server.forge_callback())
    case = "A link of an attacker's to the callback, with an auth_key of the attacker's own."
    _expect(visitor, visit, case, _OWN_SESSION, signed_in=False)


def test_callback_without_key(visitor: Visitor, lookloox_server: LookLoox) -> None:
    visit = partial(visitor.open, lookloox_server.app.redirect_url)
    advice = FAULTS["missing_auth_key"].advice
    _expect(visitor, visit, "The callback without an auth_key.", advice, signed_in=False)


@_KEY_IS_USED_TWICE
def test_callback_of_another_visitor(visitor: Visitor, new_visitor: NewVisitor) -> None:
    other = new_visitor()
    other.log_in()
    visit = partial(visitor.open, other.callback_url)
    case = "The callback of a visitor who has logged in with it, in another browser."
    _expect(visitor, visit, case, _OWN_SESSION, signed_in=False)


@_KEY_IS_USED_TWICE
def test_same_callback_twice(visitor: Visitor) -> None:
    problems = []
    visitor.log_in()
    try:
        visitor.open(visitor.callback_url)
    except pytest.fail.Exception as failure:
        problems = [str(failure)]
    case = "The callback a second time in the same browser, as after a click on “Reload”."
    _report(case, [*problems, *visitor.leaks()], _OWN_SESSION)


_FIRST: UserInfo = {"user_firstname": "Adaeze", "user_lastname": "Okonkwo"}
_SECOND: UserInfo = {"user_firstname": "Bertille", "user_lastname": "Quenum"}
_SHARED: Mapping[str, UserInfo] = {
    "nothing": {},
    "same_email": {"user_email": "shared@example.com"},
    "no_email": {"user_email": ""},
    "same_user_name": {"user_name": "shared.name"},
}


@pytest.mark.parametrize("shared", _SHARED.values(), ids=_SHARED)
def test_two_users(
    new_visitor: NewVisitor,
    lookloox_server: LookLoox,
    lookloox_user_info: UserInfoBuilder,
    shared: UserInfo,
) -> None:
    shown = _fields_shown_to(new_visitor(), lookloox_server)
    first = lookloox_user_info(**_FIRST, **shared)
    second = lookloox_user_info(**_SECOND, **shared)
    browser_of_first = _log_in_as(first, new_visitor(), lookloox_server)
    browser_of_second = _log_in_as(second, new_visitor(), lookloox_server)
    common = " and ".join(
        f"the {field} {value!r}" if value else f"an empty {field}"
        for field, value in shared.items()
    )
    case = (
        f"Two users log in, each in their own browser. In common they have {common or 'nothing'}."
    )
    _expect_own_page(browser_of_second, case, shown, second, first)
    _expect_own_page(browser_of_first, case, shown, first, second)


def test_two_users_in_one_browser(
    visitor: Visitor,
    new_visitor: NewVisitor,
    lookloox_server: LookLoox,
    lookloox_user_info: UserInfoBuilder,
) -> None:
    shown = _fields_shown_to(new_visitor(), lookloox_server)
    first, second = lookloox_user_info(**_FIRST), lookloox_user_info(**_SECOND)
    _log_in_as(first, visitor, lookloox_server)
    calls_before = len(lookloox_server.calls)
    _log_in_as(second, visitor, lookloox_server)
    if len(lookloox_server.calls) == calls_before:
        pytest.skip("the site begins no second login in a browser that is signed in")
    case = "Two users log in, one after the other, in the same browser."
    _expect_own_page(visitor, case, shown, second, first)


def _log_in_as(user: UserInfo, visitor: Visitor, provider: LookLoox) -> Visitor:
    provider.sign_in(user)
    visitor.log_in()
    return visitor


def _fields_shown_to(visitor: Visitor, provider: LookLoox) -> list[str]:
    """Return which fields of a user the site shows on the user's own page."""
    visitor.log_in()
    page = visitor.own_page()
    fields = ("user_firstname", "user_lastname", "user_name", "user_email")
    shown = [field for field in fields if provider.user[field] in page]
    if not shown:
        pytest.skip("cannot tell accounts apart: the page shows neither name nor e-mail address")
    return shown


def _expect_own_page(
    visitor: Visitor, case: str, shown: list[str], own: UserInfo, other: UserInfo
) -> None:
    """Fail unless the visitor's page shows their own account, and not the other user's."""
    differing = [field for field in shown if own[field] != other[field]]
    if not differing:
        pytest.skip(f"cannot tell accounts apart: the page shows nothing but {', '.join(shown)}")
    page = visitor.own_page()
    is_theirs = any(own[field] in page for field in differing)
    is_other = any(other[field] in page for field in differing)
    whose = f"{other['user_firstname']}'s" if is_other else "another"
    problem = f"The site shows {whose} account to {own['user_firstname']}, at {visitor.place}."
    _report(case, [] if is_theirs and not is_other else [problem], _BY_ID)
