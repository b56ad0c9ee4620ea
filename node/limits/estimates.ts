/** Longest generation that is set aside where the caller names none. */
export const usualOutputTokens = 1_024
/** A generation is shortened to what a limit leaves, but to no less than this. */
export const leastOutputTokens = 16
