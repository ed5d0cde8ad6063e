"""No secret gets out: what the scrubber leaves, and what the scan finds."""

from __future__ import annotations

import base64
import html
import json
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from pytest_lookloox import App
from pytest_lookloox.cassettes.cassette import Cassette, Interaction, Step, dump, parse
from pytest_lookloox.cassettes.scrubber import scan, scrub
from pytest_lookloox.provider.user_info import FIELDS, TYPICAL
from tests.cassettes.samples import (
    BASE_URL,
    KEY,
    REDIRECT_URL,
    SHIPPED,
    cassette,
    interaction,
    write_changed,
)

PICTURE = TYPICAL["user_picture"]
MESSAGE = "Bad Request, invalid auth_key"
PAGE = "<!doctype html><title>placeholder page 1</title>"

# With letters around it that make it no part of a cassette by chance.
secrets = st.text(st.characters(exclude_categories=["Cs"]), min_size=3, max_size=16).map(
    "q{}z7".format
)
TWENTY_THREE_SECRETS = st.lists(secrets, min_size=23, max_size=23, unique=True)
FEW = settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


def scrubbed(*interactions: Interaction, user: dict[str, Any] | None = None) -> Cassette:
    [result] = scrub([cassette(*interactions, user=user)])
    assert scan(result) == []
    return result


def scrubbed_body(body: str | bytes) -> str:
    return scrubbed(interaction(body=body)).interactions[0].body.decode()


def scrubbed_data(data: Any) -> Any:
    return json.loads(scrubbed_body(json.dumps(data)))


def full_of(values: list[str]) -> Cassette:
    """Return a cassette that contains these 23 values wherever a value may be."""
    app_id, app_secret, auth_key, token, other, header, page, extra, word, *rest = values
    user: dict[str, Any] = {**dict(zip(FIELDS, rest, strict=True)), "more": extra}
    app = App(app_id, app_secret, f"{REDIRECT_URL}/{quote(word)}", base_url=BASE_URL)
    credentials = {"app_id": app_id, "app_secret": app_secret, "auth_key": auth_key}
    recorded = cassette(
        interaction(
            "/api/oauth",
            "",
            status=302,
            headers=(
                ("Location", app.callback_url(quote(auth_key))),
                ("Location", f"{BASE_URL}/sign-in?next={quote(word)}"),
                ("Set-Cookie", f"session={header}"),
                ("X-Powered-By", header),
                (header, "text/html"),
                ("Content-Type", f"text/html; charset={header}"),
                ("Retry-After", header),
            ),
        ),
        interaction(params=credentials, body=json.dumps({"access_token": token})),
        interaction(
            f"/api/{quote(other, safe='')}",
            json.dumps({"error": True, "message": f"{app_secret} {word} {other}"}),
            params={**credentials, other: other},
            before=(Step("spend_auth_key", auth_key), Step("remove_user", rest[0])),
        ),
        interaction(body=json.dumps({"user_info": user, other: [{other: other}, 7.5]})),
        interaction(body=json.dumps(user, ensure_ascii=False).replace("/", r"\/")),
        interaction(body=f'{{"seconds": {json.dumps(page)}, "seconds": null}}'),
        interaction(body=f"<p>Hello {html.escape(rest[1])} {page}</p>"),
        interaction(body=b"\xff" + page.encode()),
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
def test_no_secret_gets_out(tmp_path: Path, values: list[str]) -> None:
    original = full_of(values)
    [result] = scrub([original])

    file = tmp_path / "login.yaml"
    file.write_text(dump(result), encoding="ascii")
    loaded = parse(file)
    plain = file.read_text(encoding="ascii") + "".join(
        f"{each.body.decode()}{each.params}" for each in loaded.interactions
    )
    assert [value for value in values if any(form in plain for form in forms_of(value))] == []
    assert scan(loaded) == []
    assert scrub([result]) == [result]


@FEW
@given(st.lists(st.tuples(st.sampled_from([*FIELDS, "app_id", "x"]), secrets), max_size=30))
def test_one_placeholder_for_one_value(pairs: list[tuple[str, str]]) -> None:
    """However often a value occurs, and under whatever names."""
    [result] = scrub([cassette(*(interaction(params={name: value}) for name, value in pairs))])
    found = [value for each in result.interactions for value in each.params.values()]

    values = [value for _, value in pairs]
    assert len(set(zip(values, found, strict=True))) == len({*values}) == len({*found})


def test_same_value_in_every_place_and_every_cassette() -> None:
    key = "f00/ é&"
    location = ("Location", f"{REDIRECT_URL}?auth_key={quote(key)}")
    original = cassette(
        interaction("/api/oauth", headers=(location,)),
        interaction(params={"auth_key": key}, before=(Step("spend_auth_key", key),)),
        interaction(body=json.dumps({"auth_key": [key]})),
        interaction(body=json.dumps({"x": key}, ensure_ascii=False).replace("/", r"\/")),
    )
    other = cassette(*(interaction(params={"auth_key": sent}) for sent in ("other", key)))
    one, two = scrub([original, other])

    assert two.interactions[1].params["auth_key"] == KEY
    redirect, request, listed, escaped = one.interactions
    assert redirect.auth_key == request.params["auth_key"] == KEY
    assert request.before == (Step("spend_auth_key", KEY),)
    assert listed.data == {"auth_key": [KEY]}
    assert [*escaped.data.values()] == [KEY]


def test_first_and_second_user() -> None:
    users = [{name: f"{number}{name}" for name in FIELDS} for number in "xy"]
    first, second = scrubbed_data([{**user, "user_verified": "0"} for user in users])
    assert first == {**TYPICAL, "user_verified": "0"}
    assert second == {
        "user_id": "1043",
        "user_name": "amina.diallo-2",
        "user_email": "amina-2@example.com",
        "user_firstname": "Amina-2",
        "user_lastname": "Diallo-2",
        "user_gender": "Female-2",
        "user_birthdate": "1994-03-22",
        "user_picture": PICTURE.replace(".jpg", "-2.jpg"),
        "user_cover": TYPICAL["user_cover"].replace(".jpg", "-2.jpg"),
        "user_registered": "2026-11-02 09:14:56",
        "user_verified": "0",
        "user_relationship": "single-2",
        "user_biography": "Photographer, tea drinker, slow traveller. (2)",
        "user_website": "https://example.com-2",
    }


@pytest.mark.parametrize(
    ("field", "value", "placeholder"),
    [
        *((name, value, value) for name in ("user_email", "x1") for value in (None, "", True)),
        ("app_secret", " \u00a0", " \u00a0"),
        ("user_verified", "1", "1"),
        ("user_verified", 0, 0),
        ("user_verified", "2", "placeholder-1"),
        ("message", MESSAGE, MESSAGE),
        ("message", f"{MESSAGE}!", "placeholder-1"),
        ("seconds", "Zoe", "placeholder-1"),
        ("user_id", 7, 1042),
        ("user_name", 7, 900_000_001),
        ("expires_in", 1.5, 900_000_001),
        ("user_gender", "2", "900000001"),
        ("user_gender", "X", "Female"),
        ("user_picture", "https://x.example/a.jpg", "https://example.com/placeholder-1"),
        ("user_picture", "a.jpg", PICTURE),
        ("profile_cover", "b.jpg", "https://example.com/placeholder-1"),
    ],
)
def test_value(field: str, value: Any, placeholder: Any) -> None:
    assert [*scrubbed_data({field: value}).values()] == [placeholder]


def test_value_that_happens_to_be_a_placeholder_is_replaced_in_a_recording() -> None:
    users = [{"user_birthdate": "1994-03-24"}, {"user_birthdate": TYPICAL["user_birthdate"]}]
    assert [[*user.values()] for user in scrubbed_data(users)] == [["1994-03-21"], ["1994-03-22"]]


def test_names_of_fields_parameters_and_headers() -> None:
    result = scrubbed(
        interaction(
            body='{"user_id": "expires", "Zoe": null}',
            params={"zoe": "", "auth_key": ""},
            headers=(("Content-Type", "text/html"), ("X-Zoe", ""), ("X-Me", "")),
        )
    ).interactions[0]
    names = [name for name, _ in result.headers]
    assert names == ["Content-Type", "placeholder-name-1", "placeholder-name-2"]
    assert [*result.params] == ["placeholder-name-3", "auth_key"]
    assert result.data == {"user_id": "1042", "placeholder-name-4": None}


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (r'{"user_picture":"a\/\u00e9"}', f'{{"user_picture":"{PICTURE}"}}'.replace("/", r"\/")),
        ('{"user_picture":"é"}', f'{{"user_picture":"{PICTURE}"}}'),
        (
            '{"user_picture": "é", "user_id": "1"}',
            f'{{"user_picture": "{PICTURE}", "user_id": "1042"}}',
        ),
        ('\ufeff{"user_id":"1"}', '\ufeff{"user_id":"1042"}'),
        ('{ "error" :\ntrue }', '{ "error" :\ntrue }'),
        ('{"user_id":"1042","user_id":null}', '{"user_id":null}'),
        ("", ""),
        (" \n", " \n"),
        ("<p>Zoe</p>", PAGE),
        (b"\xff", PAGE),
        ('{"a": 1} Warning', PAGE),
        ("[" * 100_000, PAGE),
        ("[" * 100_000 + "]" * 100_000, PAGE),
    ],
    ids=lambda value: repr(value)[:20],
)
def test_form_of_a_body(body: str | bytes, expected: str) -> None:
    assert scrubbed_body(body) == expected


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("Location", f"{REDIRECT_URL}?auth_key=k", f"http://localhost/callback?auth_key={KEY}"),
        ("location", f"{REDIRECT_URL}/more", "http://localhost/callbackplaceholder-1"),
        ("Location", "/sign-in?x=1", "https://example.com/placeholder-1"),
        ("Content-Type", "application/json", "application/json"),
        ("Content-Type", "text/html; charset=UTF-8", "text/html; charset=UTF-8"),
        ("Content-Type", "Zoe", "placeholder-1"),
        ("Retry-After", "30", "30"),
        ("Retry-After", "Zoe", "placeholder-1"),
        ("Set-Cookie", "session=1", "placeholder-1"),
        ("Vary", "", ""),
    ],
)
def test_header(name: str, value: str, expected: str) -> None:
    result = scrubbed(interaction(headers=((name, value),)))
    assert result.interactions[0].headers == ((name, expected),)


@pytest.mark.parametrize("file", SHIPPED, ids=lambda file: file.stem)
def test_shipped_cassettes_are_clean(file: Path) -> None:
    assert scan(parse(file)) == []


def test_scan_accepts_placeholders_in_any_order(tmp_path: Path) -> None:
    assert scan(parse(write_changed(tmp_path, "login", "name: Amina", "name: Amina-7"))) == []


SECRET = "9f86d081884c7d659a2feaa0c55ad015"
STEP = f"body: ''\n  lookloox: {{before: [{{spend_auth_key: {SECRET}}}, {{advance: 1}}]}}\n"
LEAKS: dict[str, tuple[str, str, str]] = {
    "app": ("app_secret: test-app-secret", f"app_secret: {SECRET}", "app.app_secret"),
    "user": ("user_email: amina@", f"user_email: {SECRET}@", "user.user_email"),
    "user's field": ("user_email:", f"{SECRET}:", "user.placeholder-name-51"),
    "path": ("/api/oauth?", f"/api/{SECRET}?", "responses[0].url"),
    "value": ("test-app-id\n    status", f"{SECRET}\n    status", "responses[0].url"),
    "name": ("?app_id=test", f"?{SECRET}&app_id=test", "responses[1].url"),
    "fragment": ("id\n    status", f"id#{SECRET}\n    status", "responses[0].url"),
    "header": (" Location:", f" X-A: {SECRET}\n      Location:", "responses[0].headers"),
    "body": ('{"access_token": "bb', f'{{"access_token": "{SECRET}', "responses[1].body"),
    "step": ("body: ''\n", STEP, "responses[0].before"),
}


@pytest.mark.parametrize(("old", "new", "place"), LEAKS.values(), ids=LEAKS)
def test_leak_is_found(tmp_path: Path, old: str, new: str, place: str) -> None:
    assert scan(parse(write_changed(tmp_path, "login", old, new))) == [place]
