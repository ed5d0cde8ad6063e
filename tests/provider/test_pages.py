"""The HTML pages, read as a browser does."""

from __future__ import annotations

import html
import json
import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from importlib import resources

import pytest

from pytest_lookloox import App, UserInfo, build_user_info
from pytest_lookloox.provider import pages
from pytest_lookloox.provider.facts import OTHER_PATH, Fact
from pytest_lookloox.provider.http import Request, Response

APP = App("app-1", "secret", "http://localhost/callback", "Book Club")
USER = build_user_info()
NAMELESS = {"user_firstname": "", "user_lastname": None}
HOSTILE = """</title></style><script>alert('1')</script><b onclick="x">&amp;{app}$title\\"""
STYLE = (resources.files(pages) / "style.css").read_text(encoding="utf-8")
TEXTS = json.loads((resources.files(pages) / "texts.json").read_text(encoding="utf-8"))
READS = (
    "first name,last name,user name,email address,profile picture,cover picture,birth date,gender,"
    "relationship status,biography,website,user number,date of registration,verification"
)


@dataclass
class Element:
    tag: str
    attributes: dict[str, str | None]
    text: str = ""


@dataclass
class Page(HTMLParser):
    """A page's elements in order; every tag must be closed in its turn."""

    html: str
    elements: list[Element] = field(default_factory=list)
    _open: list[Element] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()
        self.feed(self.html)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append(Element(tag, dict(attrs)))
        if tag not in {"meta", "link", "input"}:
            self._open.append(self.elements[-1])

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop().tag == tag

    def handle_data(self, data: str) -> None:
        for element in self._open:
            element.text += data

    def all(self, tag: str, **attributes: str) -> list[Element]:
        """Return the elements with this tag and these attributes."""
        found = [element for element in self.elements if element.tag == tag]
        return [one for one in found if attributes.items() <= one.attributes.items()]

    def one(self, tag: str, **attributes: str) -> Element:
        (element,) = self.all(tag, **attributes)
        return element

    def text(self, kind: str) -> str:
        return self.one("span", **{"class": kind}).text


def every_page(language: str = "en", words: str | None = None) -> dict[str, Response]:
    """Return each page by its name, with `words` instead of everything that others wrote."""
    request = Request("GET", "/", headers={"Accept-Language": language})
    app = App(words, words, words, words) if words else APP
    user = dict.fromkeys(USER, words) if words else USER
    error = Fact("oauth", "", "", "O", words or "Bad Request")
    return {
        "sign_in": pages.sign_in_page(request, [user], app.app_id),
        "nameless": pages.sign_in_page(request, [{}], app.app_id),
        "no_users": pages.sign_in_page(request, [], app.app_id),
        "consent": pages.consent_page(request, app, user),
        "refused": pages.refused_page(request, app),
        "error": pages.error_page(request, error),
        "unknown_app": pages.error_page(request, error, [app]),
        "home": pages.home_page(request, [app], [user], user),
        "home_signed_out": pages.home_page(request, [app], [user], None),
        "not_found": pages.not_found_page(request, OTHER_PATH),
    }


def page_of(name: str, language: str = "en", words: str | None = None) -> Page:
    return Page(every_page(language, words)[name].data)


def sign_in(*users: UserInfo) -> Page:
    return Page(pages.sign_in_page(Request("GET", "/"), users, "app-1").data)


each_page = pytest.mark.parametrize("name", every_page())
in_both_languages = pytest.mark.parametrize("language", ["en", "fr"])


@pytest.mark.parametrize(
    ("accept_language", "language"),
    [
        *(("", "en"), ("fr", "fr"), (" FR-be;q=0.9", "fr"), ("fr-CH, fr;q=0.9, en;q=0.8", "fr")),
        *(("en-GB,en;q=0.9,fr;q=0.8", "en"), ("de, fr", "en"), ("fry, frm", "en")),
    ],
)
def test_preferred_language(accept_language: str, language: str) -> None:
    assert page_of("error", accept_language).one("html").attributes["lang"] == language


@each_page
@in_both_languages
def test_page_is_accessible_and_loads_nothing(name: str, language: str) -> None:
    page = page_of(name, language)

    assert page.html.startswith("<!doctype html>")
    assert page.one("html").attributes["lang"] == language
    assert page.one("title").text == f"{page.one('h1').text} · Look Loox"
    viewport = page.one("meta", name="viewport").attributes["content"]
    assert viewport == "width=device-width, initial-scale=1"
    assert "pytest-lookloox" in page.one("footer").text
    assert page.one("style").text.strip() == STYLE.strip()
    assert all(button.text.strip() for button in page.all("button"))
    assert page.one("link").attributes == {"rel": "icon", "href": "data:,"}
    assert every_page(language)[name].header("X-Frame-Options") == "DENY"
    assert not re.search(r"<script|\bsrc=|url\(|@import|https?:", page.html)


@in_both_languages
def test_every_text_is_shown_and_translated(language: str) -> None:
    shown = html.unescape("".join(page.data for page in every_page(language).values()))

    assert [text for text in TEXTS[language].values() if text not in shown] == []
    assert TEXTS["en"].keys() == TEXTS["fr"].keys()
    assert not set(TEXTS["en"].values()) & set(TEXTS["fr"].values())


@each_page
@in_both_languages
def test_what_others_wrote_is_text(name: str, language: str) -> None:
    harmless, hostile = (page_of(name, language, words) for words in ("words", HOSTILE))

    tags = [[element.tag for element in page.elements] for page in (harmless, hostile)]
    assert tags[0] == tags[1]
    # The page shows all of it, as often as it shows harmless words.
    assert hostile.one("html").text.count(HOSTILE) == harmless.one("html").text.count("words")
    for tag in ("input", "button"):
        assert [element.attributes for element in hostile.all(tag)] == [
            {key: HOSTILE if text == "words" else text for key, text in element.attributes.items()}
            for element in harmless.all(tag)
        ]


@each_page
def test_half_a_surrogate_pair_can_be_sent(name: str) -> None:
    assert every_page(words="broken \ud83e")[name].body


def test_sign_in_has_a_button_for_each_user_in_order() -> None:
    page = sign_in(*(build_user_info(user_id=user_id) for user_id in ("7", "3", 5)))

    assert page.one("form").attributes == {"method": "post", "action": "/sign-in"}
    assert page.one("input").attributes == {"type": "hidden", "name": "app_id", "value": "app-1"}
    values = [button.attributes["value"] for button in page.all("button", name="user_id")]
    assert values == ["7", "3", "5"]
    assert sign_in().all("form") == sign_in().all("button") == []


@pytest.mark.parametrize(
    ("fields", "name", "detail"),
    [
        ({}, "Amina Diallo", "amina@example.com"),
        ({"user_lastname": ""}, "Amina", "amina@example.com"),
        ({"user_firstname": None}, "Diallo", "amina@example.com"),
        ({"user_email": None, "user_name": " "}, "Amina Diallo", "1042"),
        (NAMELESS, "amina.diallo", "amina@example.com"),
        ({**NAMELESS, "user_email": ""}, "amina.diallo", "1042"),
        ({**NAMELESS, "user_name": ""}, "amina@example.com", "1042"),
        ({**NAMELESS, "user_name": "\u200b", "user_email": "\u202e \u200b"}, "1042", ""),
        ({**NAMELESS, "user_name": "", "user_email": "", "user_id": 7}, "7", ""),
        (dict.fromkeys(USER), "Someone without a name", ""),
    ],
)
def test_account_is_recognised_by_name_and_detail(fields: UserInfo, name: str, detail: str) -> None:
    page = sign_in({**USER, **fields})

    assert (page.text("name"), page.text("detail")) == (name, detail)
    assert page.one("button").attributes["value"] == str({**USER, **fields}["user_id"] or "")


@pytest.mark.parametrize(
    ("name", "initials"),
    [
        *(("Amina Diallo", "A\u200cD"), ("amina.diallo", "A\u200cD"), ("Jean-Luc", "J\u200cL")),
        *(("Ana María de la O", "A\u200cO"), ("snake_case", "S\u200cC"), ("émile", "É")),
        *(("mail.only@example.com", "M\u200cO"), ("<b>Bob</b>", "B"), ("_ _", "")),
        *(("\U0001f98a", ""), ("@handle", ""), ("فاطمة الزهراء", "ف\u200cا")),
    ],
)
def test_avatar_shows_initials(name: str, initials: str) -> None:
    page = sign_in({**USER, "user_firstname": name, "user_lastname": ""})

    assert page.one("span", **{"aria-hidden": "true"}).text == initials


def test_consent_names_the_app_the_user_and_the_fields() -> None:
    page = page_of("consent")

    assert page.one("h1").text == "Log in With Book Club"
    assert page_of("consent", "fr").one("h1").text == "Se connecter avec Book Club"
    visitor = page.one("p", **{"class": "visitor"}).text.split()
    assert visitor == ["A\u200cD", "Amina", "Diallo", "amina@example.com"]
    told = page.one("ul").text.lower().replace(",", " ")
    assert [field for field in READS.split(",") if field not in told] == []
    assert page.one("form").attributes["action"] == "/consent"
    values = [field.attributes["value"] for field in (*page.all("input"), *page.all("button"))]
    assert values == ["app-1", "1042", "approve", "refuse"]


def test_app_without_a_name_is_called_by_its_id() -> None:
    app = App("app-1", "secret", "http://localhost/callback", " ")
    page = Page(pages.consent_page(Request("GET", "/"), app, USER).data)

    assert page.one("h1").text == "Log in With app-1"


def test_refused_app_and_message() -> None:
    assert "Book Club learned nothing" in page_of("refused").one("main").text
    assert page_of("error", "fr").one("blockquote", lang="en").text == "Bad Request"


@pytest.mark.parametrize("name", ["unknown_app", "home"])
def test_login_links_are_those_of_the_apps(name: str) -> None:
    link = page_of(name, words="a&b").one("a")

    assert link.attributes["href"] == "/api/oauth?app_id=a%26b"
    assert link.text == "Log in With a&b"


@pytest.mark.parametrize(
    ("name", "values"), [("home", ["", "1042"]), ("home_signed_out", ["1042"])]
)
def test_home_lets_visitors_sign_in_and_out(name: str, values: list[str]) -> None:
    buttons = page_of(name).all("button", name="user_id")

    assert [button.attributes["value"] for button in buttons] == values


@pytest.mark.parametrize("name", ["sign_in", "consent", "refused"])
def test_names_may_run_from_right_to_left(name: str) -> None:
    names = page_of(name, words="שרה").all("span", **{"class": "name"})

    assert "שרה" in names[0].text
    assert {element.attributes["dir"] for element in names} == {"auto"}
