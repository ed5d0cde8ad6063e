"""Which language a page is in, and that both say the same things."""

from __future__ import annotations

import random
import string
from dataclasses import asdict

import pytest

from pytest_lookloox.language import LANGUAGES, TEXTS, preferred
from pytest_lookloox.user_info import FIELDS


@pytest.mark.parametrize(
    ("accept_language", "language"),
    [
        ("fr", "fr"),
        ("en", "en"),
        ("fr-CH, fr;q=0.9, en;q=0.8, *;q=0.5", "fr"),
        ("en-GB,en;q=0.9,fr;q=0.8", "en"),
        ("FR-be", "fr"),
        ("fr_FR", "fr"),
        ("de, fr;q=0.4, en;q=0.3", "fr"),
        ("en;q=0.3, fr;q=0.4", "fr"),
        ("fr-CA;q=0.1, en;q=0.5, fr;q=0.9", "fr"),
        ("fr;q=0.9, fr-CA;q=0.1, en;q=0.5", "fr"),
        ("fr, en", "fr"),
        ("en, fr", "en"),
        ("\tfr ; Q = 0.2 ,, ", "fr"),
        ("fr;q=0.", "en"),
        ("fr;q=1.000, en;q=0.999", "fr"),
        ("*", "en"),
        ("*, fr", "fr"),
        ("*;q=0.5, fr;q=0.1", "en"),
        ("en;q=0, *", "fr"),
        ("fr;q=0, *", "en"),
        ("fr;q=0", "en"),
        ("en;q=0", "en"),
        ("de, ja;q=0.5", "en"),
        ("fry, frm", "en"),
    ],
)
def test_preferred_language(accept_language: str, language: str) -> None:
    assert preferred(accept_language) == language


@pytest.mark.parametrize(
    "malformed",
    [
        "",
        " ",
        ",;,=;q",
        ";q=1",
        "fr;q=",
        "fr;q=abc",
        "fr;q=2",
        "fr;q=-1",
        "fr;q=1.5",
        "fr;q=nan",
        "fr;q=1e0",
        "fr;q=１",
        "fr;level=1",
        "fr en",
        "fr\0",
        "ﬀr",
        "\ud800",
        "fr" + " " * 50_000 + "!",
        "-" * 50_000,
    ],
    ids=lambda header: ascii(header)[:20],
)
def test_what_is_malformed_is_passed_over(malformed: str) -> None:
    assert preferred(malformed) == "en"
    assert preferred(f"{malformed}, en;q=0.1, fr;q=0.2") == "fr"


def test_no_header_is_too_strange() -> None:
    dice = random.Random(1)
    signs = string.printable + "frenq=;,*-" * 10 + "é\u202e\ud800"
    headers = ["".join(dice.choices(signs, k=20)) for _ in range(5000)]

    assert {preferred(header) for header in headers} <= set(LANGUAGES)


def test_every_language_has_its_texts() -> None:
    assert tuple(TEXTS) == LANGUAGES


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_field_that_an_app_may_read_is_told(language: str) -> None:
    told = [field for group in TEXTS[language].reads.values() for field in group]

    assert sorted(told) == sorted(FIELDS)


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_text_is_missing(language: str) -> None:
    texts = asdict(TEXTS[language])
    reads = texts.pop("reads")
    words = [word for group in reads.values() for word in group.values()]

    assert all(text.strip() for text in [*texts.values(), *reads, *words])


def test_every_language_names_the_app_in_the_same_places() -> None:
    named = [
        {name for name, text in asdict(texts).items() if "{app}" in text}
        for texts in TEXTS.values()
    ]

    assert named == [{"consent", "refused_lead"}] * len(LANGUAGES)


def test_no_text_was_left_untranslated() -> None:
    english, french = (asdict(TEXTS[language]) for language in LANGUAGES)

    assert [name for name in english if english[name] == french[name]] == []
