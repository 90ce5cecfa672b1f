import assert from "node:assert";
import net from "node:net";

/** Every connection that is begun in this process until `stop`, by where it leads and who asked for it. */
export interface SocketWatch {
	readonly begun: readonly BegunConnection[];
	stop(): void;
}

export interface BegunConnection {
	readonly target: string;
	/** Who asked, as a stack. */
	readonly stack: string;
}

/**
 * Notes each call of the one function that all of Node's clients end in: http, https, tls and the fetch of this
 * process open their sockets with it.
 */
export function watchSockets(): SocketWatch {
	const begun: BegunConnection[] = [];
	// Called on the socket at hand below, and put back as it was.
	const original: unknown = Reflect.get(net.Socket.prototype, "connect");
	assert(typeof original === "function");
	Reflect.set(net.Socket.prototype, "connect", function (this: net.Socket, ...args: unknown[]) {
		begun.push({ target: JSON.stringify(args[0]), stack: new Error("connect").stack ?? "" });
		const connected: unknown = Reflect.apply(original, this, args);
		return connected;
	});
	return {
		begun,
		stop: () => Reflect.set(net.Socket.prototype, "connect", original),
	};
}
