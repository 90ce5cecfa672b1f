import type { ProcessPort } from "./port.ts";

/** What `process` and a forked `ChildProcess` have in common. */
export interface IpcProcess {
	readonly connected: boolean;
	send?(message: unknown, callback: (error: Error | null) => void): boolean;
	on(event: "message", listener: (message: unknown) => void): unknown;
	off(event: "message", listener: (message: unknown) => void): unknown;
	once(event: "disconnect", listener: () => void): unknown;
}

/** The IPC channel of a forked process as an {@link ProcessPort}, from either side. */
export function processPort(ipc: IpcProcess): ProcessPort {
	return {
		send(message) {
			// The callback takes the error of a channel that closes meanwhile; without one, Node would raise
			// it as an event that ends this process. The closing itself is told by onClose.
			if (ipc.connected) {
				ipc.send?.(message, () => undefined);
			}
		},
		onMessage(listener) {
			ipc.on("message", listener);
			return () => {
				ipc.off("message", listener);
			};
		},
		onClose(listener) {
			if (ipc.connected) {
				ipc.once("disconnect", listener);
			} else {
				listener();
			}
		},
	};
}
