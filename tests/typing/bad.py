"""Mistakes that type checkers must find, in the lines with the comment "wrong" and in no others."""

from __future__ import annotations

from pytest_lookloox import LookLoox, Options, build_user_info
from pytest_lookloox import Lookloox as Misspelt  # wrong

LookLoox(base_ulr="https://community.example")  # wrong
LookLoox("https://community.example")  # wrong
LookLoox(strict="no")  # wrong
options: Options = {"aproved": False}  # wrong


def test_it(lookloox: LookLoox) -> None:
    lookloox.aprove()  # wrong
    lookloox.advance("1h")  # wrong
    lookloox.inject_fault("http_500", "once")  # wrong
    lookloox.base_url = "https://other.example"  # wrong
    build_user_info(without="user_email", extra=["x"])  # wrong
    print(Misspelt)
