import { createServer } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import * as z from "zod";
import { hangMs } from "../../test/support/hangGuard.ts";
import { profileSchema, type Profile } from "./stretches.ts";

const targetsSchema = z.array(z.object({ webSocketDebuggerUrl: z.url() }));
const answerSchema = z.object({
	id: z.int(),
	result: z.unknown().optional(),
	error: z.object({ message: z.string() }).optional(),
});

/** How long the thread was kept from looking at its timers, in milliseconds, by whoever it was. */
const delaysSchema = z.object({
	result: z.object({
		value: z.object({ p50: z.number(), p99: z.number(), longest: z.number() }),
	}),
});
export type EventLoopDelays = z.infer<typeof delaysSchema>["result"]["value"];

const processIdSchema = z.object({ result: z.object({ value: z.int().positive() }) });

/** Between two samples. */
const samplingUs = 250;

/** A port of the loopback interface that was free a moment ago. */
export async function freePort(): Promise<number> {
	const server = createServer();
	await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
	const address = server.address();
	await new Promise((resolve) => server.close(resolve));
	if (address === null || typeof address === "string") {
		throw new Error("the system gives no port");
	}
	return address.port;
}

/** Looks at the thread of an extension host that was started with an inspector's port. */
export class HostInspector {
	readonly #socket: WebSocket;
	readonly #waiting = new Map<
		number,
		{ readonly resolve: (result: unknown) => void; readonly reject: (error: Error) => void }
	>();
	#nextId = 1;

	private constructor(socket: WebSocket) {
		this.#socket = socket;
		socket.addEventListener("message", ({ data }) => {
			const parsed = answerSchema.safeParse(JSON.parse(String(data)));
			// Events have no number; none are asked for.
			if (parsed.success) {
				const { id, result, error } = parsed.data;
				const waiting = this.#waiting.get(id);
				this.#waiting.delete(id);
				if (error === undefined) {
					waiting?.resolve(result);
				} else {
					waiting?.reject(new Error(error.message));
				}
			}
		});
		socket.addEventListener("close", () => {
			for (const { reject } of this.#waiting.values()) {
				reject(new Error("the extension host has ended"));
			}
			this.#waiting.clear();
		});
	}

	/** Waits for the host to be started. */
	static async connect(port: number): Promise<HostInspector> {
		const deadline = performance.now() + hangMs;
		for (;;) {
			const url = await debuggerUrl(port);
			if (url !== undefined) {
				const socket = new WebSocket(url);
				await new Promise((resolve, reject) => {
					socket.addEventListener("open", resolve, { once: true });
					socket.addEventListener("error", reject, { once: true });
				});
				return new HostInspector(socket);
			}
			if (performance.now() > deadline) {
				throw new Error(`No extension host listens on port ${port}.`);
			}
			await sleep(20);
		}
	}

	async processId(): Promise<number> {
		return processIdSchema.parse(await this.#evaluate("process.pid")).result.value;
	}

	async startProfile(): Promise<void> {
		await this.#ask("Profiler.enable");
		await this.#ask("Profiler.setSamplingInterval", { interval: samplingUs });
		await this.#ask("Profiler.start");
	}

	async stopProfile(): Promise<Profile> {
		const answer = await this.#ask("Profiler.stop");
		return z.object({ profile: profileSchema }).parse(answer).profile;
	}

	/** From now on, until {@link delays}. */
	async watchDelays(): Promise<void> {
		await this.#evaluate(
			`globalThis.moteDelays = process.getBuiltinModule("node:perf_hooks").monitorEventLoopDelay({ resolution: 1 }); moteDelays.enable(); undefined`,
		);
	}

	async delays(): Promise<EventLoopDelays> {
		const answer = await this.#evaluate(
			`moteDelays.disable(); ({ p50: moteDelays.percentile(50) / 1e6, p99: moteDelays.percentile(99) / 1e6, longest: moteDelays.max / 1e6 })`,
		);
		return delaysSchema.parse(answer).result.value;
	}

	close(): void {
		this.#socket.close();
	}

	#evaluate(expression: string): Promise<unknown> {
		return this.#ask("Runtime.evaluate", { expression, returnByValue: true });
	}

	#ask(method: string, params: Readonly<Record<string, unknown>> = {}): Promise<unknown> {
		const id = this.#nextId++;
		return new Promise((resolve, reject) => {
			this.#waiting.set(id, { resolve, reject });
			this.#socket.send(JSON.stringify({ id, method, params }));
		});
	}
}

async function debuggerUrl(port: number): Promise<string | undefined> {
	try {
		const response = await fetch(`http://127.0.0.1:${port}/json/list`);
		return targetsSchema.parse(await response.json())[0]?.webSocketDebuggerUrl;
	} catch (error) {
		// Nobody listens yet.
		if (error instanceof TypeError) {
			return undefined;
		}
		throw error;
	}
}
