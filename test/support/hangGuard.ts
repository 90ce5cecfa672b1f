/**
 * Ends a wait for what doesn't happen, in milliseconds. No test is about time, and a busy machine is no failure: what
 * is waited for comes within seconds on two cores that have nothing else to do.
 */
export const hangMs = 3 * 60_000;

/** Ends a test, or what prepares it: after a wait within it, which then can say what it was for. */
export const testHangMs = 2 * hangMs;
