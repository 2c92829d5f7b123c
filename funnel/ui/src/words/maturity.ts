/** Texts of score and stage: on the page of a lead, and where their rules are made. */
export const maturity = {
  "score.title": ["Score", "Score"],
  "score.what": [
    "Fit says who the lead is and stays. Engagement says what it does, and halves in {span}.",
    "L’adéquation dit qui est le prospect et demeure. L’engagement dit ce qu’il fait, et diminue de moitié en {span}.",
  ],
  "score.fit": ["fit", "adéquation"],
  "score.engagement": ["engagement", "engagement"],
  "score.why": ["Why {n} points", "Pourquoi {n} points"],
  "score.none": ["No rule gave points yet.", "Aucune règle n’a encore donné de points."],
  "score.left": ["{left} of {points} left", "reste {left} sur {points}"],
  "score.older": [
    "{n} older entry: {points} points|{n} older entries: {points} points",
    "{n} ligne plus ancienne : {points} points|{n} lignes plus anciennes : {points} points",
  ],

  "stageOf.title": ["Stage", "Étape"],
  "stageOf.heldUntil": [
    "A person decided: no rule moves this lead before {when}.",
    "Décision d’une personne : aucune règle ne bouge ce prospect avant {when}.",
  ],
  "stageOf.lookAt": [
    "Rules look again {when}, even if nothing happens.",
    "Les règles regarderont à nouveau {when}, même si rien ne se passe.",
  ],
  "stageOf.never": ["Never moved.", "Jamais déplacé."],
  "stageOf.history": ["Moves ({n})", "Déplacements ({n})"],
  "stageOf.moved": ["from {from} to {to}", "de {from} à {to}"],
  "stageOf.by.person": ["by hand, {who}", "à la main, {who}"],
  "stageOf.by.hand": ["by hand", "à la main"],
  "stageOf.by.sequence": ["by the sequence “{sequence}”", "par la séquence « {sequence} »"],
  "stageOf.by.enter": [
    "by rule: entered with fit {fit} and engagement {engagement}",
    "par règle : entré avec adéquation {fit} et engagement {engagement}",
  ],
  "stageOf.by.leave": [
    "by rule: left with fit {fit} and engagement {engagement}",
    "par règle : quitté avec adéquation {fit} et engagement {engagement}",
  ],
  "stageOf.by.other": ["by a program", "par un programme"],
  "stageOf.asked": ["what the rule asked, version {n}", "ce que demandait la règle, version {n}"],
  "stageOf.move": ["Move by hand", "Déplacer à la main"],
  "stageOf.moveTo": ["Stage", "Étape"],
  "stageOf.hold": ["Rules leave it there", "Les règles l’y laissent"],
  "stageOf.hold.0": ["not at all: they decide at once", "pas du tout : elles décident aussitôt"],
  "stageOf.hold.7": ["for 7 days", "pendant 7 jours"],
  "stageOf.hold.30": ["for 30 days", "pendant 30 jours"],
  "stageOf.hold.90": ["for 90 days", "pendant 90 jours"],
  "stageOf.hold.365": ["for a year", "pendant un an"],
  "stageOf.do": ["Move", "Déplacer"],
  "stageOf.done": ["{stage}: moved by hand.", "{stage} : déplacé à la main."],
} as const;
