/**
 * One end of a connection that carries structured-cloneable messages in order. A seam: in production the
 * channel of a forked process, in tests a pair in memory. What arrives is foreign data; parse it.
 */
export interface ProcessPort {
	/** Dropped when the connection is closed; {@link onClose} tells. */
	send(message: unknown): void;
	/** Returns how to stop listening. */
	onMessage(listener: (message: unknown) => void): () => void;
	/** Called once when the other side is gone, at once if it is already. */
	onClose(listener: () => void): void;
}
