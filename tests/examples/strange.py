"""What a website has to survive beyond the faults and the odd users."""

from __future__ import annotations

import json

from pytest_lookloox import LookLoox, build_user_info, build_user_info_payload

ENDPOINTS = ["authorize", "get_user_info"]
ELSEWHERE = "/somewhere/else"

# An answer that either endpoint could give, so that only its flaw is a reason to refuse it.
GOOD = {"access_token": "0123456789abcdef" * 2, **build_user_info_payload()}
_GOOD_TEXT = json.dumps(GOOD)

BROKEN = {
    "good but for its status": {"body": _GOOD_TEXT, "status": 500},
    "good but elsewhere": {"status": 302, "headers": {"Location": ELSEWHERE}},
    "good but for its error": {"json": {"error": True, **GOOD}},
    "other encoding": {"body": b'{"access_token": "\xe9"}'},
    "null": {"body": "null"},
    "list": {"json": [GOOD]},
    "empty user_info": {"json": {"access_token": " ", "user_info": {}}},
    "wrong types": {"json": {"access_token": 1, "user_info": "1042"}},
}

WITHOUT_AN_ID = {
    "missing": build_user_info(without=["user_id"]),
    "null": build_user_info(user_id=None),
    "blank": build_user_info(user_id=" "),
    "true": build_user_info(user_id=True),
}


def answer_well(lookloox: LookLoox) -> None:
    """Both endpoints give the good answer, until a test replaces it, and so does a third place."""
    for path in (*(f"/api/{endpoint}" for endpoint in ENDPOINTS), ELSEWHERE):
        lookloox.stub.get(f"{lookloox.base_url}{path}", json=GOOD)
