"""No secret gets out: what the scrubber leaves, and what the scan finds."""

from __future__ import annotations

import base64
import html
import json
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import quote, quote_plus, urlencode

import pytest
import yaml
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from pytest_lookloox import App
from pytest_lookloox.cassettes.cassette import Cassette, Interaction, to_data
from pytest_lookloox.cassettes.library import load
from pytest_lookloox.cassettes.scrubber import scrub
from pytest_lookloox.cassettes.verifier import scan
from pytest_lookloox.provider.user_info import FIELDS, TYPICAL
from tests.cassettes.samples import (
    BASE_URL,
    KEY,
    LOGIN,
    REDIRECT_URL,
    cassette,
    interaction,
    write_changed,
)

UPLOADS = "https://lookloox.com/content/uploads/"
PICTURE = TYPICAL["user_picture"]
MESSAGE = "Bad Request, invalid auth_key"
PAGE = "<!doctype html><title>placeholder page 1</title>"

# With letters around it that make it no part of a cassette by chance.
secrets = st.text(st.characters(exclude_categories=["Cs"]), min_size=3, max_size=16).map(
    "q{}z7".format
)
TWENTY_THREE_SECRETS = st.lists(secrets, min_size=23, max_size=23, unique=True)
FEW = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def scrubbed(*interactions: Interaction) -> list[Interaction]:
    result = scrub(cassette(*interactions))
    assert [*scan(result)] == []
    return [*result.interactions]


def scrubbed_body(body: str) -> str:
    return scrubbed(interaction(body=body))[0].body


def scrubbed_data(data: Any) -> Any:
    return json.loads(scrubbed_body(json.dumps(data)))


def full_of(values: list[str]) -> Cassette:
    """Return a cassette that contains these 23 values wherever a value may be."""
    app_id, app_secret, auth_key, token, other, header, page, extra, word, *rest = values
    user: dict[str, Any] = {**dict(zip(FIELDS, rest, strict=True)), "more": extra}
    app = App(app_id, app_secret, f"{REDIRECT_URL}/{quote(word)}", base_url=BASE_URL)
    credentials = {"app_id": app_id, "app_secret": app_secret, "auth_key": auth_key}
    location = app.callback_url(quote(auth_key))
    recorded = cassette(
        interaction("/api/oauth", "", headers={"Location": location, "X-A": header, header: ""}),
        interaction(
            "/api/oauth", "", headers={"Location": f"{BASE_URL}/sign-in?next={quote(word)}"}
        ),
        interaction(params=credentials, body=json.dumps({"access_token": token})),
        interaction(
            f"/api/{quote(other, safe='')}",
            json.dumps({"error": True, "message": f"{app_secret} {word} {other}"}),
            params={**credentials, other: other},
            form=urlencode({**credentials, other: other}),
            before=({"spend_auth_key": auth_key}, {"remove_user": rest[0]}),
        ),
        interaction(body=json.dumps({"user_info": user, other: [{other: other}, 7.5]})),
        interaction(body=json.dumps(user, ensure_ascii=False).replace("/", r"\/")),
        interaction(body=f'{{"seconds": {json.dumps(page)}, "seconds": null}}'),
        interaction(body=f"<p>Hello {html.escape(rest[1])} {page}</p>"),
    )
    return replace(recorded, app=app, user=user)


def forms_of(secret: str) -> set[str]:
    """Return how a secret may be written."""
    escaped = json.dumps(secret)[1:-1]
    return {
        *(secret, quote(secret), quote(secret, safe=""), quote_plus(secret), html.escape(secret)),
        *(escaped, escaped.replace("/", r"\/"), secret.encode().hex()),
        base64.b64encode(secret.encode()).decode(),
    }


@FEW
@given(TWENTY_THREE_SECRETS)
@example([f"correct/horse{chr(97 + n)}é" for n in range(23)])
@example([f"letters{chr(97 + n)}" for n in range(23)])
def test_no_secret_gets_out(values: list[str]) -> None:
    original = full_of(values)
    result = scrub(original)

    plain = yaml.safe_dump(to_data(result), allow_unicode=True, width=10_000) + "".join(
        f"{each.data}{each.params}" for each in result.interactions
    )
    assert [value for value in values if any(form in plain for form in forms_of(value))] == []
    assert scrub(result) == result
    assert [*scan(result)] == []
    assert [*scan(original)] != []


@FEW
@given(st.lists(st.tuples(st.sampled_from([*FIELDS, "app_id", "x"]), secrets), max_size=30))
def test_one_placeholder_for_one_value(pairs: list[tuple[str, str]]) -> None:
    """However often a value occurs, and under whatever names."""
    result = scrubbed(*(interaction(params={name: value}) for name, value in pairs))
    found = [value for each in result for value in each.params.values()]

    values = [value for _, value in pairs]
    assert len(set(zip(values, found, strict=True))) == len({*values}) == len({*found})


def test_same_value_in_every_place() -> None:
    key = "f00/ é&"
    redirect, request, posted, listed, escaped = scrubbed(
        interaction("/api/oauth", headers={"Location": f"{REDIRECT_URL}?auth_key={quote(key)}"}),
        interaction(params={"auth_key": key}, before=({"spend_auth_key": key},)),
        interaction(method="POST", form=urlencode({"auth_key": key})),
        interaction(body=json.dumps({"auth_key": [key]})),
        interaction(body=json.dumps({"x": key}, ensure_ascii=False).replace("/", r"\/")),
    )
    assert redirect.auth_key == request.params["auth_key"] == KEY
    assert request.before == ({"spend_auth_key": KEY},)
    assert (posted.url, posted.form) == ("https://lookloox.com/api/authorize", f"auth_key={KEY}")
    assert listed.data == {"auth_key": [KEY]}
    assert [*escaped.data.values()] == [KEY]


def test_first_and_second_user() -> None:
    fields = {**TYPICAL, "profile_picture": f"{UPLOADS}{PICTURE}", "profile_cover": UPLOADS}
    users = [{name: f"{number}{name}" for name in fields} for number in "xy"]
    first, second = scrubbed_data([{**user, "user_verified": "0"} for user in users])
    assert first == {**fields, "user_verified": "0"}
    assert second["user_id"] == "700000002"
    assert second["user_email"] == "user_email-2"


@pytest.mark.parametrize(
    ("field", "value", "placeholder"),
    [
        *((name, value, value) for name in ("user_email", "x1") for value in (None, "", True)),
        ("app_secret", " \u00a0", " \u00a0"),
        ("user_verified", "1", "1"),
        ("user_verified", 0, 0),
        ("user_verified", "2", "text-1"),
        ("message", MESSAGE, MESSAGE),
        ("message", f"{MESSAGE}!", "text-1"),
        ("seconds", "Zoe", "text-1"),
        ("user_id", 7, 900_000_001),
        ("expires_in", 1.5, 900_000_001),
        ("user_gender", "N/A", "N/A"),
        ("user_gender", "Femme", "Female"),
        ("user_picture", "https://x.example/a.jpg", "https://example.com/placeholder-1"),
        ("user_picture", "a.jpg", PICTURE),
        ("profile_cover", "https://x.example/content/uploads/", UPLOADS),
    ],
)
def test_value(field: str, value: Any, placeholder: Any) -> None:
    assert [*scrubbed_data({field: value}).values()] == [placeholder]


def test_value_that_happens_to_be_a_placeholder_is_replaced_in_a_recording() -> None:
    users = [{"user_firstname": "Zoe"}, {"user_firstname": "Amina"}]
    assert scrubbed_data(users) == [
        {"user_firstname": "Amina"},
        {"user_firstname": "user_firstname-2"},
    ]


def test_names_of_fields_parameters_and_headers() -> None:
    [result] = scrubbed(
        interaction(
            body='{"user_id": "expires", "Zoe": null}',
            params={"zoe": "", "auth_key": ""},
            headers={"X-Zoe": "", "X-Me": ""},
        )
    )
    assert [*result.headers] == ["name-2", "name-3"]
    assert [*result.params] == ["name-1", "auth_key"]
    assert result.data == {"user_id": "1042", "name-4": None}


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ('{ "user_picture" : "é" }', f'{{"user_picture":"{PICTURE}"}}'.replace("/", r"\/")),
        ('\ufeff{"user_id":"1"}', '\ufeff{"user_id":"1042"}'),
        ('{"user_id":"1042","user_id":null}', '{"user_id":null}'),
        ("", ""),
        (" \n", " \n"),
        ("<p>Zoe</p>", PAGE),
        ('{"a": 1} Warning', PAGE),
    ],
    ids=lambda value: repr(value)[:20],
)
def test_form_of_a_body(body: str, expected: str) -> None:
    assert scrubbed_body(body) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (f"{REDIRECT_URL}?auth_key=k", f"http://localhost/callback?auth_key={KEY}"),
        (f"{REDIRECT_URL}/more", "https://example.com/placeholder-1"),
        ("/sign-in?x=1", "https://example.com/placeholder-1"),
    ],
)
def test_location(value: str, expected: str) -> None:
    [result] = scrubbed(interaction(headers={"Location": value}))
    assert result.headers == {"Location": expected}


SECRET = "9f86d081884c7d659a2feaa0c55ad015"
FORM = f"body: ''\n  lookloox: {{form: app_secret={SECRET}}}\n"
STEP = f"body: ''\n  lookloox: {{before: [{{spend_auth_key: {SECRET}}}, {{advance: 1}}]}}\n"
LEAKS: dict[str, tuple[str, str, str]] = {
    "app": ("app_secret: ", f"app_secret: {SECRET}", "app.app_secret"),
    "head": ("recorded_from: simulator", "recorded_from: Marie Pont", "head.recorded_from"),
    "key": ('"user_id":', '"Marie Pont":', "responses[2].body.user_info.Marie Pont"),
    "user": ("user_email: amina@", f"user_email: {SECRET}@", "user.user_email"),
    "user's field": ("user_email: ", "rank: ", "user.rank"),
    "path": ("/api/oauth?", f"/api/{SECRET}?", "responses[0].url"),
    "value": ("756\n    status", f"{SECRET}\n    status", "responses[0].url"),
    "name": ("?app_id=1", f"?{SECRET}&app_id=1", "responses[1].url"),
    "fragment": ("756\n    status", f"756#{SECRET}\n    status", "responses[0].url"),
    "header": (" Location:", " X-A: '1'\n      Location:", "responses[0].headers.X-A"),
    "body": (
        '{"access_token":"bb',
        f'{{"access_token":"{SECRET}',
        "responses[1].body.access_token",
    ),
    "form": ("body: ''\n", FORM, "responses[0].form"),
    "step": ("body: ''\n", STEP, "responses[0].before"),
    "gap in the numbers": ("a00000001\n    s", "a00000003\n    s", "responses[1].url"),
}


def test_host_of_the_community_is_found(tmp_path: Path) -> None:
    text = LOGIN.read_text("utf-8").replace("https://lookloox.com", "https://marie.example")
    file = tmp_path / "login.yaml"
    file.write_text(text, encoding="utf-8")

    assert [place for place, _ in scan(load(file))] == [
        "app.base_url",
        *(f"responses[{index}].url" for index in range(3)),
    ]
    assert "marie" not in str(to_data(scrub(load(file))))


@pytest.mark.parametrize(("old", "new", "place"), LEAKS.values(), ids=LEAKS)
def test_leak_is_found(tmp_path: Path, old: str, new: str, place: str) -> None:
    assert place in dict(scan(load(write_changed(tmp_path, "login", old, new))))
