/** Texts of the local mailbox. */
export const mailbox = {
  "mailbox.title": ["Mailbox", "Boîte locale"],
  "mailbox.what": [
    "Mail stays on this machine until a provider is set.",
    "Le courriel reste sur cette machine tant qu’aucun fournisseur n’est choisi.",
  ],
  "mailbox.to": ["To", "À"],
  "mailbox.toWhom": ["Whole address of one person", "Adresse complète d’une personne"],
  "mailbox.subject": ["Subject", "Objet"],
  "mailbox.when": ["When", "Quand"],
  "mailbox.from": ["From", "De"],
  "mailbox.noSubject": ["(no subject)", "(sans objet)"],
  "mailbox.none": ["No mail yet", "Aucun courriel pour l’instant"],
  "mailbox.noneText": [
    "What sequences and confirmations send appears here, exactly as a recipient would get it.",
    "Ce qu’envoient les séquences et les confirmations apparaît ici, tel qu’un destinataire le recevrait.",
  ],
  "mailbox.noMatch": ["No mail to this address", "Aucun courriel à cette adresse"],
  "mailbox.all": ["All mails", "Tous les courriels"],
  "mailbox.elsewhere": ["There is no local mailbox here", "Il n’y a pas de boîte locale ici"],
  "mailbox.elsewhereText": [
    "This installation sends through a provider.",
    "Cette installation envoie par un fournisseur.",
  ],
  "mail.title": ["Mail", "Courriel"],
  "mail.views": ["Views of the mail", "Vues du courriel"],
  "mail.asSent": ["As sent", "Tel qu’envoyé"],
  "mail.text": ["Text", "Texte"],
  "mail.headers": ["Headers", "En-têtes"],
  "mail.frame": ["The mail as its recipient sees it", "Le courriel tel que le voit son destinataire"],
  "mail.name": ["Name", "Nom"],
  "mail.value": ["Value", "Valeur"],
} as const;
