"""No one gets in when the provider misbehaves; users whose profiles are merely odd all do."""

from __future__ import annotations

import pytest

from pytest_lookloox import VARIATIONS, LookLoox, UserInfo, build_user_info
from pytest_lookloox.faults.fault import Fault
from tests.examples.social_auth.test_login import assert_refused, website
from tests.examples.social_auth.website import Website

__all__ = ["website"]


def test_no_one_gets_in(lookloox_fault: Fault, website: Website, lookloox: LookLoox) -> None:
    assert_refused(website, lookloox.approve())


def test_everyone_gets_in(
    lookloox_odd_user: UserInfo, website: Website, lookloox: LookLoox
) -> None:
    website.open(lookloox.approve())
    assert website.user is not None


def test_each_user_has_an_account_of_their_own(
    lookloox_odd_user: UserInfo, website: Website, lookloox: LookLoox
) -> None:
    """Profiles with the same id are the same user, whatever the name, and no others are."""
    ordinary = build_user_info()
    website.open(lookloox.approve(ordinary))
    first = website.user
    website.log_out()
    website.begin_login()
    website.open(lookloox.approve(lookloox_odd_user))
    assert (website.user is first) == (lookloox_odd_user["user_id"] == ordinary["user_id"])


@pytest.mark.parametrize("name", VARIATIONS)
def test_unusual_answers_are_good_enough(name: str, website: Website, lookloox: LookLoox) -> None:
    lookloox.vary(name)
    website.open(lookloox.approve())
    assert website.user is not None
