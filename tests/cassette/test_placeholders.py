"""No secret gets out: what the scrubber leaves, and what the scanner finds."""

from __future__ import annotations

import base64
import dataclasses
import html
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote, quote_plus, urlencode

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from pytest_lookloox import App, build_user_info
from pytest_lookloox.cassette import files, scan
from pytest_lookloox.cassette.format import dump, load
from pytest_lookloox.cassette.library import shipped_directory
from pytest_lookloox.cassette.model import Cassette, Exchange, Step
from pytest_lookloox.cassette.scrub import scrubbed
from pytest_lookloox.user_info import FIELDS, TYPICAL

BASE_URL = "https://community.example"
REDIRECT_URL = "https://app.example/back"
MESSAGE = "Bad Request, invalid auth_key"

# Long enough, and odd enough, that they do not stand in the file by chance.
HEADERS = ("Location", "Set-Cookie", "X-Powered-By", "Content-Type")
BY_CHANCE = "".join(
    [*HEADERS, *(path.read_text("utf-8") for path in shipped_directory().glob("*.yaml"))]
)
secrets = st.text(st.characters(exclude_categories=["Cs"]), min_size=7, max_size=20).filter(
    lambda text: text == text.strip() and not {*text} <= {*"0123456789ab"} and text not in BY_CHANCE
)


def exchange(path: str = "/api/authorize", body: bytes = b"[]", **fields: Any) -> Exchange:
    params = fields.pop("params", {})
    query = f"?{urlencode(params)}" if params else ""
    given_fields = {"method": "GET", "status": 200, "headers": (), **fields}
    return Exchange(url=f"{BASE_URL}{path}{query}", body=body, **given_fields)


def recording(*exchanges: Exchange, **fields: Any) -> Cassette:
    app = App("1", "my app's secret", REDIRECT_URL, "Test App", BASE_URL)
    shipped = load(shipped_directory() / "login.yaml")
    given_fields = {"app": app, "user": {}, "note": "", **fields}
    return dataclasses.replace(shipped, base_url=BASE_URL, exchanges=exchanges, **given_fields)


def result(*exchanges: Exchange, **fields: Any) -> Cassette:
    [cassette] = scrubbed([recording(*exchanges, **fields)])
    return cassette


def body_of(data: Any) -> Any:
    return result(exchange(body=json.dumps(data).encode())).exchanges[0].json()


def forms(secret: str) -> set[str]:
    """How a secret may be written."""
    escaped = json.dumps(secret)[1:-1]
    return {
        secret,
        quote(secret),
        quote(secret, safe=""),
        quote_plus(secret),
        escaped,
        escaped.replace("/", r"\/"),
        html.escape(secret),
        base64.b64encode(secret.encode()).decode(),
        secret.encode().hex(),
    }


class TestNoSecretGetsOut:
    @settings(
        max_examples=25,
        deadline=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    )
    @given(st.lists(secrets, min_size=23, max_size=23, unique=True))
    @example([f"correct/horse{chr(97 + n)}é" for n in range(23)])
    @example([f"letters{chr(97 + n)}" for n in range(23)])
    def test_whatever_it_is_and_wherever_it_stands(self, tmp_path: Path, values: list[str]) -> None:
        app_id, app_secret, auth_key, token, other, header, page, extra, word, *rest = values
        user: dict[str, Any] = {**dict(zip(FIELDS, rest, strict=True)), "more": extra}
        app = App(app_id, app_secret, f"{REDIRECT_URL}/{quote(word)}", "Test App", BASE_URL)
        credentials = {"app_id": app_id, "app_secret": app_secret, "auth_key": auth_key}
        cassette = recording(
            exchange(
                "/api/oauth",
                b"",
                status=302,
                headers=(
                    ("Location", app.callback_url(quote(auth_key))),
                    ("Location", f"{BASE_URL}/sign-in?next={quote(word)}"),
                    ("Set-Cookie", f"session={header}"),
                    ("X-Powered-By", header),
                    ("Content-Type", f"text/html; charset={header}"),
                ),
            ),
            exchange(params=credentials, body=json.dumps({"access_token": token}).encode()),
            exchange(
                params={**credentials, other: other},
                body=json.dumps(
                    {"error": True, "message": f"{app_secret} {word} {other}"}
                ).encode(),
                before=(Step("spend_auth_key", auth_key), Step("remove_user", rest[0])),
            ),
            exchange(
                "/api/get_user_info",
                params={"access_token": token},
                body=json.dumps({"user_info": user, other: [{other: other}, 7.5]}).encode(),
            ),
            exchange(body=json.dumps(user, ensure_ascii=False).replace("/", r"\/").encode()),
            exchange(body=f"<p>Hello {html.escape(rest[1])} {page}</p>".encode()),
            exchange(body=b"\xff" + page.encode()),
            app=app,
            user=user,
        )
        for file in files.write(scrubbed([cassette]), tmp_path):
            written = file.read_text(encoding="ascii")
            loaded = load(file)
            assert scan.scan(file) == []
        plain = written + "".join(
            recorded.body.decode() + str(recorded.params) for recorded in loaded.exchanges
        )
        assert [value for value in values if any(form in plain for form in forms(value))] == []

    @pytest.mark.parametrize("name", ["Content-Type", "Location", "X-Powered-By"])
    def test_somebody_may_be_called_like_a_header(self, tmp_path: Path, name: str) -> None:
        header = (name, "text/html")
        website = build_user_info(user_website=name)
        cassette = recording(exchange(headers=(header,)), user=website)

        [file] = files.write(scrubbed([cassette]), tmp_path)

        assert scan.scan(file) == []
        assert load(file).user["user_website"] == TYPICAL["user_website"]

    def test_same_value_is_the_same_everywhere(self) -> None:
        key = "f00/ é&"
        cassette = result(
            exchange(
                "/api/oauth", headers=(("Location", f"{REDIRECT_URL}?auth_key={quote(key)}"),)
            ),
            exchange(params={"auth_key": key}),
            exchange(body=json.dumps({"auth_key": key, "list": [key]}).encode()),
            exchange(body=json.dumps({"x": key}, ensure_ascii=False).replace("/", r"\/").encode()),
            exchange(before=(Step("spend_auth_key", key),)),
        )
        placeholder = "a" * 24 + "00000001"
        first, second, third, fourth, fifth = cassette.exchanges
        assert first.auth_key == placeholder
        assert second.params == {"auth_key": placeholder}
        assert third.json() == {"auth_key": placeholder, "list": [placeholder]}
        assert fourth.json() == {"x": placeholder}
        assert fifth.before == (Step("spend_auth_key", placeholder),)

    def test_same_value_is_the_same_in_all_cassettes_of_a_recording(self) -> None:
        one, two = scrubbed([recording(exchange(params={"auth_key": "k"}))] * 2)
        assert one == two


class TestForm:
    """Placeholders look like what they replace."""

    def test_user(self) -> None:
        user = build_user_info(user_id="7", user_gender="2", user_picture="https://x.example/a.jpg")
        assert body_of(user) == {
            **TYPICAL,
            "user_gender": "900000001",
            "user_picture": "https://example.com/placeholder-1",
        }

    def test_next_user(self) -> None:
        users = [dict.fromkeys(FIELDS, f"{n}") | {"user_verified": "0"} for n in "xy"]
        others = [{name: f"{value}{name}" for name, value in user.items()} for user in users]
        _, second = body_of([{**user, "user_verified": "0"} for user in others])
        assert second == {
            "user_id": "1043",
            "user_name": "amina.diallo-2",
            "user_email": "amina-2@example.com",
            "user_firstname": "Amina-2",
            "user_lastname": "Diallo-2",
            "user_gender": "Female-2",
            "user_birthdate": "1994-03-22",
            "user_picture": "photos/2026/11/lookloox_1f3870be274f6c49b3e31a0c6728957f-2.jpg",
            "user_cover": "photos/2026/11/lookloox_72b302bf297a228a75730123efef7c41-2.jpg",
            "user_registered": "2026-11-02 09:14:56",
            "user_verified": "0",
            "user_relationship": "single-2",
            "user_biography": "Photographer, tea drinker, slow traveller. (2)",
            "user_website": "https://example.com-2",
        }

    @pytest.mark.parametrize(
        ("name", "value"),
        [
            ("user_birthdate", None),
            ("user_email", ""),
            ("app_secret", " \u00a0"),
            ("user_verified", "1"),
            ("user_verified", 0),
            ("error", True),
            ("message", MESSAGE),
            ("message", "La clé d’accès n'est pas valable: access_token."),
        ],
    )
    def test_what_tells_nothing_stays(self, name: str, value: Any) -> None:
        assert body_of({name: value}) == {name: value}

    @pytest.mark.parametrize(
        ("name", "value", "placeholder"),
        [
            ("user_id", 7, 1042),
            ("user_name", 7, 900_000_001),
            ("expires_in", 3600, 900_000_001),
            ("expires_in", 1.5, 900_000_001),
            ("user_verified", "2", "placeholder-1"),
            ("profile_cover", "https://x.example", "https://example.com/placeholder-1"),
            ("message", "Hello 12345", "placeholder-1"),
            ("message", "Hello amina@x.example", "placeholder-1"),
            ("message", "Hello aGVsbGVPZQ", "placeholder-1"),
        ],
    )
    def test_everything_else_goes(self, name: str, value: Any, placeholder: Any) -> None:
        assert body_of({name: value}) == {name: placeholder}

    @pytest.mark.parametrize("name", ["Zoë", "Zo", "Bartholomew"])
    @pytest.mark.parametrize("written", [str, str.upper, str.lower])
    def test_message_that_names_somebody_goes(
        self, name: str, written: Callable[[str], str]
    ) -> None:
        answer = exchange(body=json.dumps({"message": f"No, {written(name)}!"}).encode())
        assert result(answer, user={"user_firstname": name}).exchanges[0].json() == {
            "message": "placeholder-1"
        }

    def test_message_of_the_api_stays_whatever_people_are_called(self) -> None:
        answer = exchange(body=json.dumps({"message": MESSAGE}).encode())
        assert result(answer, user={"user_firstname": "invalid"}).exchanges[0].json() == {
            "message": MESSAGE
        }

    def test_spaces_escapes_and_byte_order_mark_stay(self) -> None:
        body = '\ufeff{ "user_picture" :\n"a\\/b", "error":true }'.encode()
        picture = TYPICAL["user_picture"].replace("/", r"\/")
        wanted = f'\ufeff{{ "user_picture" :\n"{picture}", "error":true }}'
        assert result(exchange(body=body)).exchanges[0].body.decode() == wanted

    @pytest.mark.parametrize(
        "body", [b"<p>x</p>", b"\xff", b"NaN", b"[" * 100_000, b'{"a": 1} Warning']
    )
    def test_what_is_no_json_is_a_page(self, body: bytes) -> None:
        page = b"<!doctype html><title>placeholder page 1</title>"
        assert result(exchange(body=body)).exchanges[0].body == page

    def test_names_of_fields_stay_unless_they_tell_something(self) -> None:
        cassette = result(
            exchange(body=json.dumps({"user_id": "expires", "expires": None, "k1": None}).encode())
        )
        assert list(cassette.exchanges[0].json()) == [
            "user_id",
            "1042",
            "placeholder-name-1",
        ]

    @pytest.mark.parametrize("name", ["zoe", "x-zoe", "zoe_id", "X-ZOE-Id"])
    def test_name_that_names_somebody_goes(self, name: str) -> None:
        answer = exchange(headers=((name, ""),), body=json.dumps({name: True}).encode())
        [scrubbed_answer] = result(answer, user={"user_firstname": "Zoe"}).exchanges
        assert scrubbed_answer.headers == (("placeholder-name-1", ""),)
        assert scrubbed_answer.json() == {"placeholder-name-2": True}

    def test_usual_name_stays_whatever_people_are_called(self) -> None:
        headers = (("Content-Type", "text/html"), ("Location", REDIRECT_URL), ("Vary", "Cookie"))
        body = b'{"user_id": "1", "error": true, "cookie-law": null}'
        user = {"user_firstname": "Type", "user_lastname": "Id", "user_name": "location"}
        [kept] = result(exchange(headers=headers, body=body), user=user).exchanges
        assert [name for name, _ in kept.headers] == [name for name, _ in headers]
        assert list(kept.json()) == ["user_id", "error", "cookie-law"]

    def test_redirect_with_a_query_of_its_own_and_a_path(self) -> None:
        urls = (f"{REDIRECT_URL}?auth_key=k", f"{REDIRECT_URL}/more", "/sign-in?x=1")
        cassette = result(exchange(headers=tuple(("Location", url) for url in urls)))
        assert [value for _, value in cassette.exchanges[0].headers] == [
            "http://localhost/callback?auth_key=" + "a" * 24 + "00000001",
            "http://localhost/callbackplaceholder-1",
            "https://example.com/placeholder-1",
        ]

    def test_more_values_than_placeholders(self) -> None:
        with pytest.raises(ValueError, match="50 different values of a kind: user_id"):
            result(exchange(body=json.dumps([{"user_id": f"u{n}"} for n in range(51)]).encode()))


LOGIN = shipped_directory() / "login.yaml"
SECRET = "9f86d081884c7d659a2feaa0c55ad015"
LEAKS: dict[str, tuple[str, str, int, str]] = {
    "app id": ("app_id: test-app-id", f"app_id: {SECRET}", 10, "the app's app_id"),
    "secret": ("app_secret: test-app-secret", f"app_secret: {SECRET}", 11, "the app's app_secret"),
    "redirect": ("redirect_url: http://localhost", "redirect_url: http://me", 12, "redirect_url"),
    "user": (
        "user_email: amina@",
        "user_email: me@",
        16,
        "the user's user_email is no placeholder",
    ),
    "user's field": ("user_email:", "me@x:", 16, "the user's field has a name that is not made of"),
    "note": ("loopback interface", f"loopback {SECRET}", 8, "the note may hold a secret"),
    "version": ("tool_version: 0", f"tool_version: {SECRET}", 7, "tool_version is no version"),
    "path": ("/api/oauth?", f"/api/{SECRET}?", 29, "the path is none of the API's (GET …)"),
    "query": ("test-app-id\n    status", "mine\n    status", 29, "the request's app_id is no pla"),
    "query's name": ("?app_id=test", f"?{SECRET}=&app_id=test", 29, "the request's field has a"),
    "query's rest": ("?app_id=test", f"?{SECRET}&app_id=test", 29, "field has a name"),
    "empty part": ("?app_id=test", "?&app_id=test", 29, "a part of it is not read"),
    "escaped": ("?app_id=test-app-id", "?app_id=%6Dine", 29, "the request's app_id is no"),
    "location": ("Location: http://localhost/", "Location: http://me/", 29, "leads to no"),
    "key": ("auth_key=aaaaaaaa", "auth_key=1aaaaaaa", 29, "the header Location's auth_key is no"),
    "header": (
        "      Location:",
        "      X-Id: mine\n      Location:",
        29,
        "of the header X-Id is no",
    ),
    "header's name": ("      Location:", "      X1: ''\n      Location:", 29, "name of a header"),
    "content type": ("text/html; charset=utf-8", "text/me", 29, "of the header Content-Type"),
    "body": ('body: \'{"access_token": "b', 'body: \'{"access_token": "c', 38, "body's access_"),
    "body's name": ('{"access_token"', '{"t0ken"', 38, "body's field has a name"),
    "page": ("body: ''", "body: hello", 29, "the body is neither JSON nor a placeholder"),
    "bytes": ("body: ''", "body: !!binary /w==", 29, "the body is neither JSON nor a placeholder"),
    "step": (
        "body: ''\n",
        "body: ''\n  lookloox: {before: [{spend_auth_key: mine}, {advance: 1}]}\n",
        29,
        "the auth_key of the step spend_auth_key is no placeholder",
    ),
    "comment": ("responses:", f"responses:  # {SECRET}", 28, "the comment may hold a secret"),
    "comment of a block": (
        "body: ''",
        f"body: |- # {SECRET}\n      []",
        37,
        "the comment may hold",
    ),
    "e-mail in a comment": ("lookloox:", "# me@x.example\nlookloox:", 1, "the comment may hold"),
}


class TestScan:
    @pytest.mark.parametrize(
        "file", sorted(shipped_directory().glob("*.yaml")), ids=lambda f: f.stem
    )
    def test_shipped_ones_are_clean(self, file: Path) -> None:
        assert scan.scan(file) == []

    @pytest.mark.parametrize(("old", "new", "line", "reason"), LEAKS.values(), ids=LEAKS)
    def test_leak_is_found_and_not_repeated(
        self, tmp_path: Path, old: str, new: str, line: int, reason: str
    ) -> None:
        text = LOGIN.read_text(encoding="utf-8")
        assert old in text
        file = tmp_path / "leak.yaml"
        file.write_text(text.replace(old, new, 1), encoding="utf-8")
        [problem] = scan.scan(file)
        assert problem.startswith(f"{file}, line {line}: ")
        assert reason in problem
        assert SECRET not in problem

    def test_harmless_comments_and_blocks(self, tmp_path: Path) -> None:
        text = LOGIN.read_text(encoding="utf-8")
        file = tmp_path / "fine.yaml"
        file.write_text(f"# Recorded on 2026-11-23, by us.\n{text}", encoding="utf-8")
        assert scan.scan(file) == []

    def test_cassette_with_a_leak_is_not_written(self, tmp_path: Path) -> None:
        with pytest.raises(ValueError, match=r"login was not written: the app's app_id is no"):
            files.write([recording()], tmp_path)
        assert list(tmp_path.iterdir()) == []


def test_dump_is_what_is_scanned() -> None:
    """Nothing but what was loaded is written."""
    assert dump(load(LOGIN)) == LOGIN.read_text(encoding="utf-8")


def test_two_secrets_are_never_the_same_placeholder() -> None:
    cassette = result(
        exchange(params={"app_secret": "one"}), exchange(params={"app_secret": "two"})
    )
    assert [sent.params["app_secret"] for sent in cassette.exchanges] == [
        "test-app-secret-2",
        "test-app-secret-3",
    ]
