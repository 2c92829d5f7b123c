/** Texts of the board. */
export const board = {
  "nav.board": ["Board", "Tableau"],
  "board.whose": ["Whose leads", "Prospects de"],
  "board.all": ["All leads", "Tous les prospects"],
  "board.mine": ["Mine", "Les miens"],
  "board.count": ["{n} lead|{n} leads", "{n} prospect|{n} prospects"],
  "board.counting": ["being counted…", "comptage…"],
  "board.days": ["up to {n} days", "jusqu’à {n} jours"],
  "board.longer": ["longer", "davantage"],
  "board.agesOf": ["How long they have been there", "Depuis combien de temps"],
  "board.none": ["Nobody here.", "Personne ici."],
  "board.since": ["here since {when}", "ici depuis {when}"],
  "board.move": ["Move {name}", "Déplacer {name}"],
  "board.moveTo": ["To {stage}", "Vers {stage}"],
  "board.moved": [
    "{name} is at {stage} now; rules leave it there for 30 days.",
    "{name} : {stage}, sans règle pendant 30 jours.",
  ],
  "board.more": ["All of this stage", "Toute cette étape"],
  "board.counted": ["Counted {when}", "Comptés {when}"],
} as const;
