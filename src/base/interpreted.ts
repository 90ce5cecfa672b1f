/**
 * For zod's `parse` and `safeParse` on the thread of the editor's extensions: a schema of objects is looked at as it is. By itself zod
 * compiles each at its first use, which takes a millisecond and saves one microsecond at each after that (zod 4, two cores of a Xeon,
 * 2026-11-28).
 */
export const interpreted = { jitless: true } as const;
