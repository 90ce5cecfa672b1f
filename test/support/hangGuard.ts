/**
 * Ends what hangs, in milliseconds. No test is about time, and a busy machine is no failure: half an hour is far more
 * than any of them takes on one. Nothing waits so long that doesn't hang.
 */
export const hangMs = 30 * 60_000;
