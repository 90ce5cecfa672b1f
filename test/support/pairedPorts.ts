import { deserialize, serialize } from "node:v8";
import type { ProcessPort } from "../../src/base/process/port.ts";

class MemoryPort implements ProcessPort {
	readonly #listeners = new Set<(message: unknown) => void>();
	readonly #closeListeners: (() => void)[] = [];
	/** Messages that came before anyone listened. */
	readonly #early: unknown[] = [];
	#closed = false;
	peer: MemoryPort | undefined;

	send(message: unknown): void {
		if (this.#closed) {
			return;
		}
		// As IPC does: copied when sent, delivered later.
		const copy = serialize(message);
		setImmediate(() => this.peer?.deliver(deserialize(copy)));
	}

	onMessage(listener: (message: unknown) => void): () => void {
		this.#listeners.add(listener);
		for (const message of this.#early.splice(0)) {
			this.deliver(message);
		}
		return () => this.#listeners.delete(listener);
	}

	onClose(listener: () => void): void {
		if (this.#closed) {
			listener();
		} else {
			this.#closeListeners.push(listener);
		}
	}

	deliver(message: unknown): void {
		if (this.#closed) {
			return;
		}
		if (this.#listeners.size === 0) {
			this.#early.push(message);
		}
		for (const listener of [...this.#listeners]) {
			listener(message);
		}
	}

	close(): void {
		if (!this.#closed) {
			this.#closed = true;
			for (const listener of this.#closeListeners) {
				listener();
			}
		}
	}
}

/** Two ends of a connection in memory that serializes like IPC. */
export interface PairedPorts {
	readonly parent: ProcessPort;
	readonly child: ProcessPort;
	/** Closes both ends, as the death of either process does. */
	close(): void;
}

export function pairedPorts(): PairedPorts {
	const parent = new MemoryPort();
	const child = new MemoryPort();
	parent.peer = child;
	child.peer = parent;
	return {
		parent,
		child,
		close: () => {
			parent.close();
			child.close();
		},
	};
}
