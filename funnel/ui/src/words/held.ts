/** Texts of what forms held as suspicious. */
export const held = {
  "held.title": ["Held for review", "À vérifier"],
  "held.what": [
    "Their senders were thanked like everybody else.",
    "Leurs auteurs ont été remerciés comme tout le monde.",
  ],
  "held.none": ["Nothing was held", "Rien à vérifier"],
  "held.noneText": [
    "A filling of a form that looks like a program’s waits here: nothing is lost, and nobody suspicious becomes a lead by itself.",
    "Un envoi de formulaire qui semble venir d’un programme attend ici : rien n’est perdu, et aucun suspect ne devient prospect tout seul.",
  ],
  "held.more": ["Older ones follow once you have decided on these.", "Les plus anciens suivront après ceux-ci."],
  "held.accept": ["Let in", "Accepter"],
  "held.acceptOne": ["Let in {email}", "Accepter {email}"],
  "held.discard": ["Throw away", "Jeter"],
  "held.discardOne": ["Throw away {email}", "Jeter {email}"],
  "held.discardAll": ["Throw away this one|Throw away these {n}", "Jeter celui-ci|Jeter ces {n}"],
  "held.gone": ["What was typed is deleted.", "Ce qui a été saisi sera supprimé."],
  "held.accepted": ["{n} let in.|{n} let in.", "{n} accepté.|{n} acceptés."],
  "held.discarded": ["{n} thrown away.|{n} thrown away.", "{n} jeté.|{n} jetés."],
  "held.reason.honeypot": ["filled in a hidden field", "champ caché rempli"],
  "held.reason.too-fast": ["faster than anybody types", "plus vite qu’on ne tape"],
  "held.reason.forged-stamp": ["an invented stamp", "cachet inventé"],
} as const;
