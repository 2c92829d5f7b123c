/** Texts of the first screen. */
export const home = {
  "home.leadsDay": ["New leads, last 24 hours", "Nouveaux prospects, 24 dernières heures"],
  "home.leadsWeek": ["New leads, last 7 days", "Nouveaux prospects, 7 derniers jours"],
  "home.queued": ["Mails waiting to leave", "Courriels en attente"],
  "home.sending": ["Sending", "Envoi"],
  "home.open": ["Open", "Ouvert"],
  "home.held": ["Held", "Retenu"],
  "home.paused": ["Paused", "En pause"],
  "home.local": ["into the local mailbox", "dans la boîte locale"],
  "home.most": ["{n}+", "{n}+"],
  "home.attention": ["Needs a person", "Demande une personne"],
  "home.calm": ["Nothing. All goes its way.", "Rien. Tout suit son cours."],
  "home.unknown": [
    "{n} mail may have been sent or not: its fate is unknown.|{n} mails may have been sent or not: their fate is unknown.",
    "{n} courriel est peut-être parti : son sort est inconnu.|{n} courriels sont peut-être partis : leur sort est inconnu.",
  ],
  "home.stuck": [
    "{n} lead stands at a failed step in|{n} leads stand at a failed step in",
    "{n} prospect est arrêté à une étape en échec dans|{n} prospects sont arrêtés à une étape en échec dans",
  ],
  "home.webhooks": [
    "{n} webhook was stopped: nobody answers there.|{n} webhooks were stopped: nobody answers there.",
    "{n} webhook est arrêté : personne n’y répond.|{n} webhooks sont arrêtés : personne n’y répond.",
  ],
  "home.facts": [
    "{n} fact could not be reacted to: see the workers’ log.|{n} facts could not be reacted to: see the workers’ log.",
    "{n} fait est resté sans réaction : voyez le journal des processus.|{n} faits sont restés sans réaction : voyez le journal des processus.",
  ],
  "home.sequences": ["Running sequences", "Séquences en cours"],
  "home.noSequences": [
    "No sequence runs yet. One sends the right letter at the right time to whoever fills in a form.",
    "Aucune séquence en cours. Une séquence envoie la bonne lettre au bon moment à qui remplit un formulaire.",
  ],
  "home.inside": ["{n} lead inside|{n} leads inside", "{n} prospect à l’intérieur|{n} prospects à l’intérieur"],
  "home.overInside": ["over {n} leads inside", "plus de {n} prospects à l’intérieur"],
  "home.newest": ["Newest leads", "Derniers prospects"],
  "home.all": ["All leads", "Tous les prospects"],
  "home.allSequences": ["All sequences", "Toutes les séquences"],
} as const;
