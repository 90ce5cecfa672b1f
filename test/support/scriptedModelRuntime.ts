import type { Clock } from "../../src/base/clock.ts";
import type { Backend, Logits } from "../../src/engine/backend.ts";
import type { CpuBackend, ModelRuntime, Presence } from "../../src/engine/gpu/chooseBackend.ts";
import type { GpuFault } from "../../src/engine/gpu/gpuFault.ts";
import type { GpuProvider } from "../../src/engine/gpu/gpuProviders.ts";
import { runtimeError } from "../../src/engine/runtimeError.ts";
import { FakeBackend, hashedLogits } from "./fakeBackend.ts";

/** How a provider behaves. */
export type ProviderScript =
	/** Passes take so long. */
	| { readonly kind: "runs"; readonly passMs: number }
	| { readonly kind: "absent"; readonly fault: GpuFault }
	/** The runtime says so when the model is loaded. */
	| { readonly kind: "refuses"; readonly message: string }
	/** The runtime says so in the pass of that number, counted from 0. */
	| { readonly kind: "breaks"; readonly pass: number; readonly message: string }
	| { readonly kind: "computesWrong" }
	/** Nothing comes back any more: from the loading of the model, or from the pass of that number. */
	| { readonly kind: "hangs"; readonly at: "loading" | number };

/** A clock that passes move on. Who sleeps is woken by what hangs only, as if all waited for that. */
export class PassClock implements Clock {
	nowMs = 0;
	readonly #sleepers = new Set<{ readonly atMs: number; readonly wake: () => void }>();

	now(): number {
		return this.nowMs;
	}

	sleep(delayMs: number, signal?: AbortSignal): Promise<void> {
		return new Promise((resolve) => {
			const sleeper = {
				atMs: this.nowMs + delayMs,
				wake: (): void => {
					this.#sleepers.delete(sleeper);
					resolve();
				},
			};
			this.#sleepers.add(sleeper);
			signal?.addEventListener("abort", sleeper.wake, { once: true });
		});
	}

	/** How many sleep now. */
	get sleepers(): number {
		return this.#sleepers.size;
	}

	/** Nothing happens any more until somebody's sleep is over. */
	hang(): Promise<never> {
		const [next] = [...this.#sleepers].sort((a, b) => a.atMs - b.atMs);
		if (next === undefined) {
			throw new Error("nobody would ever give it up");
		}
		this.nowMs = next.atMs;
		next.wake();
		return new Promise(() => undefined);
	}
}

/** A model in scripted providers. Counts what is loaded, and records what was asked for. */
export class ScriptedModelRuntime implements ModelRuntime {
	readonly platform: string;
	readonly clock: PassClock;
	readonly asked: string[] = [];
	readonly opened: FakeBackend[] = [];
	version = "1";
	readonly #cpuPassMs: number;
	readonly #scripts: Readonly<Record<string, ProviderScript | undefined>>;

	constructor(
		platform: string,
		scripts: Readonly<Record<string, ProviderScript | undefined>>,
		cpuPassMs = 10,
	) {
		this.platform = platform;
		this.clock = new PassClock();
		this.#scripts = scripts;
		this.#cpuPassMs = cpuPassMs;
	}

	get live(): number {
		return this.opened.filter(({ disposed }) => !disposed).length;
	}

	look(provider: GpuProvider): Promise<Presence> {
		this.asked.push(`look ${provider}`);
		const script = this.#scripts[provider];
		return Promise.resolve(
			script === undefined || script.kind === "absent"
				? { kind: "absent", fault: script?.fault ?? { kind: "noDevice" } }
				: { kind: "present", version: this.version },
		);
	}

	openGpu(provider: GpuProvider): Promise<Backend> {
		this.asked.push(`open ${provider}`);
		const script = this.#scripts[provider];
		if (script === undefined || script.kind === "absent") {
			throw new Error(`${provider} is absent, and nobody may open it`);
		}
		if (script.kind === "refuses") {
			return Promise.reject(runtimeError("It could not load the model", new Error(script.message)));
		}
		return script.kind === "hangs" && script.at === "loading"
			? this.clock.hang()
			: Promise.resolve(this.#backend(script));
	}

	openCpu(): Promise<CpuBackend> {
		this.asked.push("open cpu");
		const backend = this.#backend({ kind: "runs", passMs: this.#cpuPassMs });
		return Promise.resolve({ backend, backendName: "the processor" });
	}

	#backend(script: Exclude<ProviderScript, { readonly kind: "absent" | "refuses" }>): FakeBackend {
		const backend = new KillableBackend({
			...(script.kind === "computesWrong" && {
				predict: (history, vocabularySize) =>
					hashedLogits()([...history].reverse(), vocabularySize),
			}),
			onPass: ({ index }) => {
				this.clock.nowMs += script.kind === "runs" ? script.passMs : 1;
				if (script.kind === "hangs" && script.at === index) {
					return this.clock.hang();
				}
				if (script.kind === "breaks" && index >= script.pass) {
					throw runtimeError("It could not run the model", new Error(script.message));
				}
				return undefined;
			},
		});
		this.opened.push(backend);
		return backend;
	}
}

/** As one in a process of its own: it can be given back while it hangs, if it is killed before. */
class KillableBackend extends FakeBackend {
	readonly #killed = Promise.withResolvers<never>();
	#isKilled = false;

	override async forward(...pass: Parameters<FakeBackend["forward"]>): Promise<Logits> {
		this.#killed.promise.catch(() => undefined);
		return await Promise.race([super.forward(...pass), this.#killed.promise]);
	}

	kill(): void {
		this.#isKilled = true;
		this.#killed.reject(runtimeError("It could not run the model", new Error("killed")));
	}

	override async dispose(): Promise<void> {
		if (this.#isKilled) {
			this.disposed = true;
			return;
		}
		await super.dispose();
	}
}
