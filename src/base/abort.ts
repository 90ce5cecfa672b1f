/**
 * Lets the event loop poll for I/O once before going on.
 *
 * A forward pass blocks the thread, so an abort message that arrived meanwhile is still unread in the
 * pipe. Whoever wants to see it must yield first and look at the signal afterwards.
 */
export function yieldToEventLoop(): Promise<void> {
	return new Promise((resolve) => setImmediate(resolve));
}
