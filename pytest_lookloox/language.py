"""The languages of the HTML pages: which one a browser prefers, and every text in each."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

LANGUAGES: Final = ("en", "fr")
"""What the pages are written in; the first is for browsers that prefer none of them."""

_RANGE = re.compile(
    r"(?P<language>[a-z]+|\*)(?:[-_][a-z0-9_-]*)?"
    r"\s*(?:;\s*q\s*=\s*(?P<q>0(?:\.[0-9]*)?|1(?:\.0*)?))?",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Texts:
    """What the pages say in one language: plain text, in which `{app}` is the app's name.

    `reads` are the fields that an app may read, each in words, under the heading of their group.
    """

    simulator: str
    sign_in: str
    sign_in_lead: str
    nobody: str
    nameless: str
    consent: str
    consent_lead: str
    signed_in_as: str
    will_read: str
    reads: Mapping[str, Mapping[str, str]]
    only_reads: str
    approve: str
    refuse: str
    refused: str
    refused_lead: str
    error: str
    error_lead: str
    not_found: str
    not_found_lead: str


TEXTS: Final[Mapping[str, Texts]] = {
    "en": Texts(
        simulator="This is not the real Look Loox, but pytest-lookloox, a simulator.",
        sign_in="Sign in",
        sign_in_lead="Choose an account to go on with the login.",
        nobody="Nobody has an account here. Add a user to the simulator, then reload this page.",
        nameless="Someone without a name",
        consent="Log in With {app}",
        consent_lead="This app asks to read your Look Loox profile.",
        signed_in_as="Signed in as",
        will_read="What it will read",
        reads={
            "Name and email": {
                "user_firstname": "first name",
                "user_lastname": "last name",
                "user_name": "user name",
                "user_email": "email address",
            },
            "Pictures": {
                "user_picture": "profile picture",
                "user_cover": "cover picture",
            },
            "Personal details": {
                "user_birthdate": "birth date",
                "user_gender": "gender",
                "user_relationship": "relationship status",
            },
            "Public profile": {
                "user_biography": "biography",
                "user_website": "website",
            },
            "Account": {
                "user_id": "user number",
                "user_registered": "date of registration",
                "user_verified": "verification",
            },
        },
        only_reads="It can only read, not change anything.",
        approve="Approve",
        refuse="Refuse",
        refused="Nothing was shared",
        refused_lead="You turned down {app}. It learned nothing about you. "
        "You can close this page.",
        error="The login cannot go on",
        error_lead="Look Loox answered:",
        not_found="Page not found",
        not_found_lead="There is nothing at this address. "
        "A login begins with the link in the app that you want to use.",
    ),
    "fr": Texts(
        simulator="Ceci n’est pas le vrai Look Loox, mais pytest-lookloox, un simulateur.",
        sign_in="Connexion",
        sign_in_lead="Choisissez un compte pour poursuivre la connexion.",
        nobody="Personne n’a de compte ici. Ajoutez un utilisateur au simulateur, "
        "puis rechargez cette page.",
        nameless="Une personne sans nom",
        consent="Se connecter avec {app}",
        consent_lead="Cette application demande à lire votre profil Look Loox.",
        signed_in_as="En tant que",
        will_read="Ce qui sera lu",
        reads={
            "Nom et e-mail": {
                "user_firstname": "prénom",
                "user_lastname": "nom",
                "user_name": "nom d’utilisateur",
                "user_email": "adresse e-mail",
            },
            "Images": {
                "user_picture": "photo de profil",
                "user_cover": "photo de couverture",
            },
            "Informations personnelles": {
                "user_birthdate": "date de naissance",
                "user_gender": "genre",
                "user_relationship": "situation amoureuse",
            },
            "Profil public": {
                "user_biography": "biographie",
                "user_website": "site web",
            },
            "Compte": {
                "user_id": "numéro d’utilisateur",
                "user_registered": "date d’inscription",
                "user_verified": "vérification",
            },
        },
        only_reads="L’application peut seulement lire, sans rien modifier.",
        approve="Autoriser",
        refuse="Refuser",
        refused="Rien n’a été partagé",
        refused_lead="Vous avez refusé l’accès à {app}, qui n’a rien appris sur vous. "
        "Vous pouvez fermer cette page.",
        error="La connexion ne peut pas se poursuivre",
        error_lead="Look Loox a répondu, en anglais\u00a0:",
        not_found="Page introuvable",
        not_found_lead="Il n’y a rien à cette adresse. "
        "Une connexion commence par le lien dans l’application que vous voulez utiliser.",
    ),
}
"""The texts of every page, by language."""


def preferred(accept_language: str) -> str:
    """The one of `LANGUAGES` that an Accept-Language header asks for most, or else the first.

    Of two that are asked for alike the one named first wins; what is not well-formed is passed
    over.
    """
    qualities = _qualities(accept_language)
    of_others = qualities.get("*", 0.0)
    named = [language for language in qualities if language in LANGUAGES]
    others = [language for language in LANGUAGES if language not in qualities]
    wanted = {language: qualities.get(language, of_others) for language in (*named, *others)}
    best = max(wanted, key=lambda language: wanted[language])
    return best if wanted[best] > 0 else LANGUAGES[0]


def _qualities(accept_language: str) -> dict[str, float]:
    """Each language to its highest q-value, in the header's order; `fr-CH` counts as `fr`."""
    qualities: dict[str, float] = {}
    for part in accept_language.split(","):
        match = _RANGE.fullmatch(part.strip())
        if match is not None:
            language = match["language"].lower()
            quality = float(match["q"] or 1)
            qualities[language] = max(quality, qualities.get(language, 0.0))
    return qualities
