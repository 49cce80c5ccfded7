/** One thing that must hold, in a sentence: what is done, and what must come of it. */
export type Check = (sentence: string, actual: () => unknown, expected: unknown) => Promise<void>;
