"""Two tests that stand for many: nobody gets in when the provider misbehaves, and everybody does
whose profile is merely strange.
"""

from __future__ import annotations

import pytest

from pytest_lookloox import VARIATIONS, LookLoox, UserInfo, build_user_info
from pytest_lookloox.faults import Fault
from tests.examples.social_auth.test_login import assert_refused, website
from tests.examples.social_auth.website import Website

__all__ = ["website"]


def test_nobody_gets_in(lookloox_fault: Fault, website: Website, lookloox: LookLoox) -> None:
    assert_refused(website, lookloox.approve())


def test_everybody_gets_in(
    lookloox_odd_user: UserInfo, website: Website, lookloox: LookLoox
) -> None:
    website.open(lookloox.approve())
    assert website.user is not None


def test_everybody_has_an_account_of_their_own(
    lookloox_odd_user: UserInfo, website: Website, lookloox: LookLoox
) -> None:
    """Whoever has the same id is the same user, whatever their name, and nobody else is."""
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
