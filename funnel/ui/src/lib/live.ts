/** milliseconds between two looks at what is on the screen, while it is looked at */
export const LIVE = { refetchInterval: 10_000 } as const;
