"""The two languages of the pages drawn here: English text is the key, French the translation.

The app has words of its own, in `src/words`.
"""

from __future__ import annotations

from dataclasses import dataclass

from flask import request

LANGUAGES = ("en", "fr")
FRENCH = {
    "10 characters or more.": "10 caractères ou plus.",
    "A password has {shortest} to {longest} characters.": "Un mot de passe a de {shortest} à {longest} caractères.",
    "Ask for a link": "Demander un lien",
    "Code": "Code",
    "Email": "Adresse électronique",
    "Forgotten password": "Mot de passe oublié",
    "Forgotten your password?": "Mot de passe oublié ?",
    "If somebody with this address uses Funnel here, a mail with a link is on its way. It is good for an hour.": (
        "Si quelqu’un utilise Funnel ici avec cette adresse, un courriel avec un lien est en route. "
        "Il est valable une heure."
    ),
    "It works once and for a limited time. Ask for another one, or ask an admin of your company.": (
        "Il sert une seule fois, pour un temps limité. Demandez-en un autre, ou adressez-vous à un administrateur."
    ),
    "Join Funnel": "Rejoindre Funnel",
    "New password": "Nouveau mot de passe",
    "Password": "Mot de passe",
    "One more step": "Encore une étape",
    "Please give your name.": "Veuillez donner votre nom.",
    "Please wait {seconds} seconds before the next try.": "Veuillez attendre {seconds} secondes avant de réessayer.",
    "Sign in": "Se connecter",
    "Send me a link": "M’envoyer un lien",
    "Set another password": "Choisir un autre mot de passe",
    "Set the password": "Enregistrer le mot de passe",
    "Skip to content": "Aller au contenu",
    "That email and password do not belong together.": "Cette adresse et ce mot de passe ne vont pas ensemble.",
    "Sign in with {name}": "Se connecter avec {name}",
    "Six digits from your authenticator app; or one of your recovery codes.": (
        "Six chiffres de votre application d’authentification, ou l’un de vos codes de secours."
    ),
    "Start again": "Recommencer",
    "That code opens nothing. Each code works once: wait for the next one.": (
        "Ce code n’ouvre rien. Chaque code sert une seule fois : attendez le suivant."
    ),
    "The identity provider does not answer. Please try again in a moment.": (
        "Le fournisseur d’identité ne répond pas. Veuillez réessayer dans un instant."
    ),
    "The identity provider does not vouch for your address. Ask its administrator to verify it.": (
        "Le fournisseur d’identité ne garantit pas votre adresse. Demandez à son administrateur de la vérifier."
    ),
    "The same once more": "Le même encore une fois",
    "The two passwords are not the same.": "Les deux mots de passe ne sont pas identiques.",
    "This installation sends no mail. An admin can make a link for you, under Settings, People.": (
        "Cette installation n’envoie pas de courriel. Un administrateur peut vous faire un lien : Réglages, Personnes."
    ),
    "This link opens nothing any more": "Ce lien n’ouvre plus rien",
    "The app could not be built": "L’application n’a pas pu être construite",
    "Forms, mails, the API and all public pages work. Mend what the build says and start Funnel again.": (
        "Formulaires, courriels, API et pages publiques fonctionnent. "
        "Corrigez ce que dit la construction, puis relancez Funnel."
    ),
    "You are not among the people of this installation. An admin can invite you.": (
        "Vous ne faites pas partie des personnes de cette installation. Un administrateur peut vous inviter."
    ),
    "You were not signed in. Please start again.": "Vous n’avez pas été connecté. Veuillez recommencer.",
    "Your name": "Votre nom",
    "Your password is set. Sign in with it.": "Votre mot de passe est enregistré. Connectez-vous.",
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
