/** Texts of the settings: their frame, and the keys for programs. */
export const settings = {
  "nav.settings": ["Settings", "Réglages"],
  "settings.tabs": ["What to settle", "Ce qui se règle"],
  "tokens.title": ["API tokens", "Jetons d’API"],
  "tokens.what": [
    "A program shows a token to use the API: it may do what the token’s scopes name, and nothing else.",
    "Un programme présente un jeton pour utiliser l’API : il peut faire ce que nomment les droits du jeton, et rien d’autre.",
  ],
} as const;
