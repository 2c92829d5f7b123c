"""What the landing pages say, in each of their languages."""

from __future__ import annotations

from flask import request

Words = dict[str, str]

WORDS: dict[str, Words] = {
    "en": {
        "required": "required",
        "choose": "Choose",
        "send": "Send",
        "error": "Error",
        "problems": "There is a problem",
        "missing": "Please fill in this field.",
        "email_missing": "Enter your email address.",
        "not_an_email": "Enter an email address like name@example.com.",
        "not_text": "This field takes one piece of text.",
        "too_long": "This is too long: 5,000 characters at most.",
        "not_a_phone": "Enter a phone number like +33 1 23 45 67 89.",
        "not_a_number": "Enter a number.",
        "not_a_date": "Enter a date like 2026-12-31.",
        "not_a_choice": "Choose one of the answers offered.",
        "not_agreed": "Please tick this box to go on.",
        "thanks": "Thank you",
        "thanks_text": "We received your answer.",
        "thanks_confirm": "One more step: open the email we are sending you and confirm your address.",
        "go_on": "Go on",
        "confirm": "Confirm your address",
        "confirm_text": "Press the button to confirm that you want to hear from us about:",
        "confirm_button": "Confirm",
        "confirmed": "Your address is confirmed",
        "confirmed_text": "Thank you. There is nothing more to do.",
        "unsubscribe": "Your subscriptions",
        "unsubscribe_text": "One press of this button and we send you no more mail.",
        "unsubscribe_purposes": "Or stop only some of it",
        "unsubscribe_button": "Unsubscribe from everything",
        "narrow_button": "Stop what is ticked",
        "unsubscribe_none": "You are not subscribed to anything.",
        "narrow_only": "To subscribe again, use one of our forms.",
        "unsubscribed": "Your choice is saved",
        "unsubscribed_text": "You will not receive this mail again.",
        "nothing_chosen": "You ticked nothing, so nothing changed.",
        "400": "We could not read what was sent. Please go back and try again.",
        "403": "This form may not be used on that website.",
        "404": "There is nothing at this address. It may be incomplete: please copy the whole link.",
        "405": "This address cannot be used in that way.",
        "413": "That is too much at once. Please shorten your answers.",
        "415": "This kind of content is not taken here.",
        "503": "The service is not available for a moment. Please try again.",
        "500": "Something went wrong on our side. Please try again later.",
        "sorry": "Sorry",
        "honeypot": "Leave this field empty",
        "offline": "There is no connection. What you typed is still here: please try again.",
    },
    "fr": {
        "required": "obligatoire",
        "choose": "Choisissez",
        "send": "Envoyer",
        "error": "Erreur",
        "problems": "Il y a un problème",
        "missing": "Veuillez remplir ce champ.",
        "email_missing": "Indiquez votre adresse e-mail.",
        "not_an_email": "Indiquez une adresse e-mail comme nom@exemple.fr.",
        "not_text": "Ce champ attend un seul texte.",
        "too_long": "C’est trop long : 5 000 caractères au plus.",
        "not_a_phone": "Indiquez un numéro de téléphone comme +33 1 23 45 67 89.",
        "not_a_number": "Indiquez un nombre.",
        "not_a_date": "Indiquez une date comme 2026-12-31.",
        "not_a_choice": "Choisissez une des réponses proposées.",
        "not_agreed": "Veuillez cocher cette case pour continuer.",
        "thanks": "Merci",
        "thanks_text": "Nous avons bien reçu votre réponse.",
        "thanks_confirm": "Encore une étape : ouvrez l’e-mail que nous vous envoyons et confirmez votre adresse.",
        "go_on": "Continuer",
        "confirm": "Confirmez votre adresse",
        "confirm_text": "Appuyez sur le bouton pour confirmer que vous souhaitez recevoir nos messages :",
        "confirm_button": "Confirmer",
        "confirmed": "Votre adresse est confirmée",
        "confirmed_text": "Merci. Vous n’avez plus rien à faire.",
        "unsubscribe": "Vos abonnements",
        "unsubscribe_text": "Appuyez sur ce bouton et nous ne vous écrirons plus.",
        "unsubscribe_purposes": "Ou n’en arrêter qu’une partie",
        "unsubscribe_button": "Me désabonner de tout",
        "narrow_button": "Arrêter ce qui est coché",
        "unsubscribe_none": "Vous n’êtes abonné à rien.",
        "narrow_only": "Pour vous réabonner, utilisez un de nos formulaires.",
        "unsubscribed": "Votre choix est enregistré",
        "unsubscribed_text": "Vous ne recevrez plus ces messages.",
        "nothing_chosen": "Vous n’avez rien coché : rien n’a changé.",
        "400": "Nous n’avons pas pu lire ce qui a été envoyé. Revenez en arrière et réessayez.",
        "403": "Ce formulaire ne peut pas être utilisé sur ce site.",
        "404": "Il n’y a rien à cette adresse. Elle est peut-être incomplète : copiez le lien entier.",
        "405": "Cette adresse ne peut pas être utilisée ainsi.",
        "413": "C’est trop à la fois. Raccourcissez vos réponses.",
        "415": "Ce type de contenu n’est pas accepté ici.",
        "503": "Le service est indisponible pour un instant. Réessayez.",
        "500": "Une erreur s’est produite de notre côté. Réessayez plus tard.",
        "sorry": "Désolé",
        "honeypot": "Laissez ce champ vide",
        "offline": "Pas de connexion. Ce que vous avez saisi est toujours là : réessayez.",
    },
}


def language(wanted: str = "") -> str:
    """The language of this answer: the form's own, or the visitor's first that we speak, or English."""
    return wanted or request.accept_languages.best_match(list(WORDS), default="en")


def words(wanted: str = "") -> Words:
    """The texts in that language."""
    return WORDS[language(wanted)]
