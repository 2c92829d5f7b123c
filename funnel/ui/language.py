"""The two languages of the app's pages: English text is the key, French the translation."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from flask import request

MONTHS = {
    "en": ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"],
    "fr": ["janv.", "févr.", "mars", "avr.", "mai", "juin", "juil.", "août", "sept.", "oct.", "nov.", "déc."],
}
#: what facts say; a kind that is not here is shown as it is
FACTS = {
    "form_submitted": "Filled in a form",
    "confirmed": "Confirmed the address",
    "consent_granted": "Gave consent",
    "consent_denied": "Refused consent",
    "consent_withdrawn": "Withdrew consent",
    "unsubscribed": "Unsubscribed",
    "enrolled": "Entered a sequence",
    "ended": "Left a sequence",
    "stage_changed": "Moved to another stage",
    "tagged": "Tag added",
    "untagged": "Tag removed",
    "message_accepted": "Mail sent",
    "message_refused": "Mail refused",
    "message_skipped": "Mail not sent",
    "message_unknown": "Mail sent perhaps",
    "message_delivered": "Mail delivered",
    "message_bounced": "Mail bounced",
    "message_opened": "Mail opened",
    "message_clicked": "Link clicked",
    "message_complained": "Marked a mail as spam",
    "loop_stopped": "Stopped a loop of sequences",
}
FRENCH = {
    "All mails": "Tous les courriels",
    "Created": "Créé le",
    "Demo": "Démonstration",
    "Document": "Document",
    "Email": "Adresse électronique",
    "Engagement": "Engagement",
    "Ended": "Terminé",
    "Fields": "Champs",
    "Find": "Chercher",
    "Fit": "Adéquation",
    "From": "De",
    "Headers": "En-têtes",
    "Held": "Retenu",
    "Home": "Accueil",
    "Inside": "À l’intérieur",
    "Lead": "Prospect",
    "Leads": "Prospects",
    "Mail as sent (HTML)": "Courriel tel qu’envoyé (HTML)",
    "Mailbox": "Boîte locale",
    "Main": "Principale",
    "Name": "Nom",
    "Newest first": "Les plus récents d’abord",
    "Next date": "Prochaine date",
    "Next page": "Page suivante",
    "First page": "Première page",
    "No lead matches.": "Aucun prospect ne correspond.",
    "No mail yet.": "Aucun courriel pour l’instant.",
    "No sequence yet.": "Aucune séquence pour l’instant.",
    "Nothing happened yet.": "Rien ne s’est encore passé.",
    "None yet.": "Aucune pour l’instant.",
    "Not yet published": "Pas encore publiée",
    "Part of an address or a field": "Partie d’une adresse ou d’un champ",
    "Password": "Mot de passe",
    "Pause": "Mettre en pause",
    "Please wait {seconds} seconds before the next try.": "Veuillez attendre {seconds} secondes avant de réessayer.",
    "Problems": "Problèmes",
    "Published version": "Version publiée",
    "Reason": "Raison",
    "Resume": "Reprendre",
    "Revision": "Révision",
    "Score": "Score",
    "Sequence": "Séquence",
    "Sequences": "Séquences",
    "Sign in": "Se connecter",
    "Sign out": "Se déconnecter",
    "Signed in as": "Connecté :",
    "Skip to content": "Aller au contenu",
    "Stage": "Étape",
    "Status": "État",
    "Step": "Étape de la séquence",
    "Subject": "Objet",
    "Tags": "Étiquettes",
    "Text": "Texte",
    "That email and password do not belong together.": "Cette adresse et ce mot de passe ne vont pas ensemble.",
    "The app could not be built": "L’application n’a pas pu être construite",
    "Forms, mails, the API and all public pages work. Mend what the build says and start Funnel again.": (
        "Formulaires, courriels, API et pages publiques fonctionnent. "
        "Corrigez ce que dit la construction, puis relancez Funnel."
    ),
    "What the build said": "Ce que dit la construction",
    "Time zone": "Fuseau horaire",
    "Times of a lead’s story are engine time, in UTC. Now:": "L’histoire d’un prospect est à l’heure du moteur (UTC) :",
    "Timeline": "Chronologie",
    "To": "À",
    "Value": "Valeur",
    "Version": "Version",
    "When": "Quand",
    "active": "en cours",
    "draft": "brouillon",
    "ended": "terminée",
    "held": "retenu",
    "live": "en ligne",
    "no": "non",
    "paused": "en pause",
    "yes": "oui",
    "Filled in a form": "A rempli un formulaire",
    "Confirmed the address": "A confirmé son adresse",
    "Gave consent": "A donné son accord",
    "Refused consent": "A refusé son accord",
    "Withdrew consent": "A retiré son accord",
    "Unsubscribed": "S’est désabonné",
    "Entered a sequence": "Est entré dans une séquence",
    "Left a sequence": "A quitté une séquence",
    "Moved to another stage": "A changé d’étape",
    "Tag added": "Étiquette ajoutée",
    "Tag removed": "Étiquette retirée",
    "Mail sent": "Courriel envoyé",
    "Mail refused": "Courriel refusé",
    "Mail not sent": "Courriel non envoyé",
    "Mail sent perhaps": "Courriel peut-être envoyé",
    "Mail delivered": "Courriel remis",
    "Mail bounced": "Courriel rejeté",
    "Mail opened": "Courriel ouvert",
    "Link clicked": "Lien suivi",
    "Marked a mail as spam": "A signalé un courriel comme indésirable",
    "Stopped a loop of sequences": "A arrêté une boucle de séquences",
}


@dataclass(frozen=True)
class Language:
    code: str

    def word(self, english: str) -> str:
        return FRENCH.get(english, english) if self.code == "fr" else english

    def fact(self, kind: str) -> str:
        return self.word(FACTS.get(kind, kind.replace("_", " ")))

    def moment(self, at: datetime) -> str:
        """Day and minute, in UTC."""
        utc = at.astimezone(UTC)
        return f"{utc.day} {MONTHS[self.code][utc.month - 1]} {utc.year}, {utc:%H:%M}"


def chosen() -> Language:
    """What the browser asks for; `fr-CA` is French."""
    wanted = (tag.partition("-")[0].lower() for tag in request.accept_languages.values())
    return Language(next((code for code in wanted if code in MONTHS), "en"))
