"""The two languages of the pages drawn here: English text is the key, French the translation.

The app has words of its own, in `src/words`.
"""

from __future__ import annotations

from dataclasses import dataclass

from flask import request

LANGUAGES = ("en", "fr")
FRENCH = {
    "Email": "Adresse électronique",
    "Password": "Mot de passe",
    "Please wait {seconds} seconds before the next try.": "Veuillez attendre {seconds} secondes avant de réessayer.",
    "Sign in": "Se connecter",
    "Skip to content": "Aller au contenu",
    "That email and password do not belong together.": "Cette adresse et ce mot de passe ne vont pas ensemble.",
    "The app could not be built": "L’application n’a pas pu être construite",
    "Forms, mails, the API and all public pages work. Mend what the build says and start Funnel again.": (
        "Formulaires, courriels, API et pages publiques fonctionnent. "
        "Corrigez ce que dit la construction, puis relancez Funnel."
    ),
    "What the build said": "Ce que dit la construction",
}


@dataclass(frozen=True)
class Language:
    code: str

    def word(self, english: str) -> str:
        return FRENCH.get(english, english) if self.code == "fr" else english


def chosen() -> Language:
    """What the browser asks for; `fr-CA` is French."""
    wanted = (tag.partition("-")[0].lower() for tag in request.accept_languages.values())
    return Language(next((code for code in wanted if code in LANGUAGES), "en"))
