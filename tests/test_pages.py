"""The HTML pages, read as a browser would."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from importlib import resources

import pytest

from pytest_lookloox import build_user_info, pages
from pytest_lookloox.app import App
from pytest_lookloox.language import LANGUAGES, TEXTS
from pytest_lookloox.user_info import UserInfo

APP = App("app-1", "secret", "http://localhost/callback", "Book Club", "https://lookloox.com")
USER = build_user_info()
NAMELESS = {"user_firstname": "", "user_lastname": None}
HOSTILE = """</title></style><script>alert('1')</script><b onclick="x">&amp;{app}$title\\"""
STYLE = (resources.files("pytest_lookloox") / "style.css").read_text(encoding="utf-8")


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
        element = Element(tag, dict(attrs))
        self.elements.append(element)
        if tag not in {"meta", "link", "input"}:
            self._open.append(element)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop().tag == tag

    def handle_data(self, data: str) -> None:
        for element in self._open:
            element.text += data

    def all(self, tag: str, **attributes: str) -> list[Element]:
        """The elements of this tag and, if given, with these attributes."""
        return [
            element
            for element in self.elements
            if element.tag == tag and attributes.items() <= element.attributes.items()
        ]

    def one(self, tag: str, **attributes: str) -> Element:
        (element,) = self.all(tag, **attributes)
        return element

    def shown(self, kind: str) -> list[str]:
        """The text of the elements of this class."""
        return [element.text for element in self.all("span", **{"class": kind})]


def every_page(language: str, words: str | None = None) -> dict[str, str]:
    """Each page by its name, made of ordinary words or, where given, of these everywhere."""
    app = APP if words is None else App(words, words, words, words, words)
    user = USER if words is None else dict.fromkeys(USER, words)
    return {
        "sign_in": pages.sign_in_page([user], app.app_id, language),
        "nobody": pages.sign_in_page([], app.app_id, language),
        "consent": pages.consent_page(app, user, language),
        "refused": pages.refused_page(app, language),
        "error": pages.error_page(words or "Bad Request", language),
        "not_found": pages.not_found_page(language),
    }


PAGES = tuple(every_page("en"))


@pytest.fixture(params=LANGUAGES)
def language(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(params=PAGES)
def html(request: pytest.FixtureRequest, language: str) -> str:
    """Each page in each language."""
    return every_page(language)[request.param]


def sign_in(*users: UserInfo) -> Page:
    return Page(pages.sign_in_page(users, "app-1"))


def test_page_is_accessible(html: str, language: str) -> None:
    page = Page(html)

    assert html.startswith("<!doctype html>")
    assert page.one("html").attributes["lang"] == language
    assert page.one("h1").text in page.one("title").text
    assert [page.one(tag).tag for tag in ("header", "main", "footer")]
    assert page.one("meta", name="viewport").attributes["content"] == (
        "width=device-width, initial-scale=1"
    )
    assert all(button.text.strip() for button in page.all("button"))


def test_page_loads_nothing(html: str) -> None:
    page = Page(html)

    assert page.one("link").attributes == {"rel": "icon", "href": "data:,"}
    assert page.all("script") == []
    assert not re.search(r"\bsrc=|url\(|@import|https?:", html)


def test_page_says_that_it_is_simulated(html: str, language: str) -> None:
    assert Page(html).one("footer").text == TEXTS[language].simulator
    assert "pytest-lookloox" in TEXTS[language].simulator


@pytest.mark.parametrize("name", PAGES)
def test_whatever_others_wrote_is_text(name: str, language: str) -> None:
    harmless, hostile = (Page(every_page(language, words)[name]) for words in ("words", HOSTILE))

    assert [element.tag for element in hostile.elements] == [
        element.tag for element in harmless.elements
    ]
    # Where the page shows the words, it shows every one of them.
    assert hostile.one("html").text.count(HOSTILE) == harmless.one("html").text.count("words")
    assert [element.attributes for element in hostile.all("input")] == [
        {**element.attributes, "value": HOSTILE} for element in harmless.all("input")
    ]


@pytest.mark.parametrize("name", PAGES)
def test_page_can_be_sent_whatever_is_in_it(name: str) -> None:
    # JSON can carry half a surrogate pair, and UTF-8 cannot.
    assert every_page("en", "broken \ud83e")[name].encode()


def test_sign_in_offers_a_button_for_each_user_in_order() -> None:
    users = (build_user_info(user_id=user_id) for user_id in ("7", "3", 5))

    page = Page(pages.sign_in_page(users, "app-1"))

    assert page.one("form").attributes == {"method": "post", "action": "/sign-in"}
    assert page.one("input").attributes == {"type": "hidden", "name": "app_id", "value": "app-1"}
    assert [
        (button.attributes["name"], button.attributes["value"]) for button in page.all("button")
    ] == [("user_id", "7"), ("user_id", "3"), ("user_id", "5")]


@pytest.mark.parametrize(
    ("fields", "labels"),
    [
        ({}, ["Amina Diallo", "amina@example.com"]),
        ({"user_lastname": ""}, ["Amina", "amina@example.com"]),
        ({"user_firstname": None}, ["Diallo", "amina@example.com"]),
        ({"user_email": ""}, ["Amina Diallo", "amina.diallo"]),
        ({"user_email": None, "user_name": " "}, ["Amina Diallo", "1042"]),
        (NAMELESS, ["amina.diallo", "amina@example.com"]),
        ({**NAMELESS, "user_email": ""}, ["amina.diallo", "1042"]),
        ({**NAMELESS, "user_name": ""}, ["amina@example.com", "1042"]),
        ({**NAMELESS, "user_name": "\u200b", "user_email": "\u202e \u200b"}, ["1042"]),
        ({**NAMELESS, "user_name": "", "user_email": "", "user_id": 7}, ["7"]),
        (dict.fromkeys(USER, ""), ["Someone without a name"]),
        ({"user_firstname": "שרה", "user_lastname": "לוי"}, ["שרה לוי", "amina@example.com"]),
    ],
)
def test_account_is_known_by_the_best_there_is(fields: UserInfo, labels: list[str]) -> None:
    page = sign_in({**USER, **fields})

    assert page.shown("name") + page.shown("detail") == labels


def test_account_of_a_profile_without_fields() -> None:
    page = sign_in({})

    assert page.one("button").attributes["value"] == ""
    assert page.shown("name") == ["Someone without a name"]


@pytest.mark.parametrize(
    ("name", "initials"),
    [
        ("Amina Diallo", "A\u200cD"),
        ("amina.diallo", "A\u200cD"),
        ("Ana María de la O", "A\u200cO"),
        ("Jean-Luc", "J\u200cL"),
        ("émile", "É"),
        ("mail.only@example.com", "M\u200cO"),
        ("<b>Bob</b>", "B"),
        ("_ _", ""),
        ("\U0001f98a", ""),
        ("@nobody", ""),
        ("فاطمة الزهراء", "ف\u200cا"),
    ],
)
def test_avatar_shows_initials(name: str, initials: str) -> None:
    page = sign_in({**USER, "user_firstname": name, "user_lastname": ""})
    avatar = page.one("span", **{"aria-hidden": "true"})

    assert avatar.text == initials


def test_avatar_has_one_of_the_colours_there_are() -> None:
    page = sign_in(*(build_user_info(user_id=str(number)) for number in range(12)))
    used = {element.attributes["class"] for element in page.all("span", **{"aria-hidden": "true"})}

    assert used == {f"avatar tone-{tone}" for tone in re.findall(r"\.tone-(\d)", STYLE)}


def test_sign_in_says_that_there_is_nobody(language: str) -> None:
    page = Page(pages.sign_in_page(iter([]), "app-1", language))

    assert TEXTS[language].nobody in page.one("main").text
    assert page.all("form") == page.all("button") == []


def test_consent_names_who_asks_for_what_and_from_whom(language: str) -> None:
    page = Page(pages.consent_page(APP, USER, language))

    assert page.one("h1").text == TEXTS[language].consent.format(app="Book Club")
    assert page.one("p", **{"class": "visitor"}).text.split() == [
        "A\u200cD",
        "Amina",
        "Diallo",
        "amina@example.com",
    ]
    told = page.one("ul").text.lower()
    fields = [word for group in TEXTS[language].reads.values() for word in group.values()]
    assert [word for word in fields if word not in told] == []


def test_consent_is_given_or_refused_by_a_button() -> None:
    page = Page(pages.consent_page(APP, USER))

    assert page.one("form").attributes["action"] == "/consent"
    assert page.one("form").attributes["method"] == "post"
    assert {
        element.attributes["name"]: element.attributes["value"] for element in page.all("input")
    } == {"app_id": "app-1", "user_id": "1042"}
    assert {
        button.text: (button.attributes["name"], button.attributes["value"])
        for button in page.all("button")
    } == {"Approve": ("decision", "approve"), "Refuse": ("decision", "refuse")}


def test_app_without_a_name_goes_by_its_id() -> None:
    app = App("app-1", "secret", "http://localhost/callback", " ", "https://lookloox.com")

    assert Page(pages.consent_page(app, USER)).one("h1").text == "Log in With app-1"


def test_refused_app_is_named(language: str) -> None:
    page = Page(pages.refused_page(APP, language))

    assert TEXTS[language].refused_lead.format(app="Book Club") in page.one("main").text


def test_message_stays_in_english_as_it_is(language: str) -> None:
    page = Page(pages.error_page("We're sorry, but …", language))

    assert page.one("h1").text == TEXTS[language].error
    assert page.one("blockquote", lang="en").text == "We're sorry, but …"


@pytest.mark.parametrize("name", ["sign_in", "consent", "refused"])
def test_names_may_run_from_right_to_left(name: str) -> None:
    page = Page(every_page("en", "שרה")[name])

    assert "שרה" in page.shown("name")[0]
    assert page.all("span", **{"class": "name"}) == page.all(
        "span", **{"class": "name", "dir": "auto"}
    )


def colours(scheme: str) -> dict[str, str]:
    """The style sheet's colours by name: in the dark, those of the dark scheme come on top."""
    light, dark = (
        dict(re.findall(r"--([\w-]+): #(\w{6});", rules))
        for rules in STYLE.split("@media (prefers-color-scheme: dark)")
    )
    return {"light": light, "dark": {**light, **dark}}[scheme]


def luminance(colour: str) -> float:
    """Relative luminance as the WCAG define it."""
    channels = [int(colour[start : start + 2], 16) / 255 for start in (0, 2, 4)]
    red, green, blue = (
        value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4
        for value in channels
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    darker, lighter = sorted([luminance(one), luminance(other)])
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(
    ("front", "back", "least"),
    [
        ("text", "page", 4.5),
        ("text", "card", 4.5),
        ("text", "hover", 4.5),
        ("text", "notice", 4.5),
        ("quiet", "page", 4.5),
        ("quiet", "card", 4.5),
        ("quiet", "hover", 4.5),
        ("on-accent", "accent", 4.5),
        ("on-accent", "accent-hover", 4.5),
        ("accent", "card", 4.5),
        ("control", "card", 3),
    ],
)
def test_contrast_is_enough(scheme: str, front: str, back: str, least: float) -> None:
    found = colours(scheme)

    assert contrast(found[front], found[back]) >= least


@pytest.mark.parametrize("tone", re.findall(r"\.tone-\d \{ background: #(\w{6})", STYLE))
def test_initials_can_be_read_on_every_colour(tone: str) -> None:
    assert contrast("ffffff", tone) >= 4.5


def test_nothing_moves_for_those_who_asked_for_it() -> None:
    moving, _, allowed = STYLE.partition("@media (prefers-reduced-motion: no-preference)")

    assert "transition" in allowed
    assert not re.search(r"transition|animation", moving)
