import type { Clock } from "../../base/clock.ts";
import type { Logger } from "../../base/log.ts";
import type { Backend } from "../backend.ts";
import { RememberedMeasurements, type MeasuredOn } from "../rememberedMeasurements.ts";
import {
	advantageOf,
	chooseFastest,
	chooseRunning,
	figuresOf,
	gpuChoices,
	type GpuChoice,
	type GpuTrial,
} from "./gpuChoice.ts";
import {
	gpuFaultOf,
	gpuFaultReason,
	gpuFaultSentence,
	isNews,
	isPassing,
	type GpuFault,
} from "./gpuFault.ts";
import {
	gpuProviders,
	gpuProvidersOn,
	providerNames,
	type GpuProvider,
	type GpuSetting,
} from "./gpuProviders.ts";
import { distributionDistance, runOnce, timeBackend, type TimedBackend } from "./timeBackend.ts";
import { TrialMarks, type Processes } from "./trialMarks.ts";

/** What is known of a provider without loading it. */
export type Presence =
	/** Its driver and libraries, as a text that changes when they do. */
	| { readonly kind: "present"; readonly version: string }
	| { readonly kind: "absent"; readonly fault: GpuFault };

/** A model on its way into what runs it: the seam that tests script. */
export interface ModelRuntime {
	/** `process.platform` and `process.arch`, with a dash. */
	readonly platform: string;
	/** Takes milliseconds and loads nothing. */
	look(provider: GpuProvider): Promise<Presence>;
	/** Rejects with whatever the runtime says. Nobody waits for it any more once `signal` has aborted. */
	openGpu(provider: GpuProvider, signal: AbortSignal): Promise<Backend>;
	/** @throws EngineError "runtimeFailed" */
	openCpu(): Promise<CpuBackend>;
}

export interface CpuBackend {
	readonly backend: Backend;
	/** For people: what runs the model on the processor, and why that. */
	readonly backendName: string;
}

export interface ChooseBackendOptions {
	readonly setting: GpuSetting;
	readonly runtime: ModelRuntime;
	/** What choices hold for; versions of providers are added to it. Asked for only where there are some. */
	readonly key: () => Promise<MeasuredOn>;
	/** Longest trial of a provider, loading the model included, in milliseconds; one that blocks the thread goes on. */
	readonly trialMs: number;
	/** Whether the model may be loaded by two at a time. */
	readonly mayLoadTwice: boolean;
	readonly clock: Clock;
	/** Where choices are remembered; without it each start times everything. */
	readonly cacheFolder: string | undefined;
	readonly processes: Processes;
	readonly logger: Logger;
}

export type ChosenBackend =
	| (CpuBackend & {
			readonly chosen: "cpu";
			/** Why no GPU: the rest of a sentence after "because", for each that somebody expects. */
			readonly notOn: readonly { readonly provider: GpuProvider; readonly reason: string }[];
			readonly advantage: string | undefined;
	  })
	| {
			readonly chosen: GpuProvider;
			readonly backend: Backend;
			/** For people: by how much it is faster; undefined where nobody has measured it. */
			readonly advantage: string | undefined;
	  };

/** Of probability: arithmetic in int8 on one side and float16 on the other move 0.03, and a wrong attention 0.27 and more (measured). */
const mostDistance = 0.1;

/**
 * Loads a model into what runs it fastest on this machine, or into what somebody asks for: the first time all that may is timed for a
 * second each and held against the processor, from then on what was chosen is loaded, until a driver or a version changes.
 * Whatever is wrong with a GPU the processor runs the model, and a sentence says why.
 *
 * @throws EngineError "runtimeFailed" where the processor can't run it either
 */
export async function chooseBackend(options: ChooseBackendOptions): Promise<ChosenBackend> {
	return await new Selection(options).choose();
}

class Selection {
	readonly #options: ChooseBackendOptions;
	readonly #marks: TrialMarks;
	readonly #remembered: RememberedMeasurements<GpuChoice> | undefined;

	constructor(options: ChooseBackendOptions) {
		const { cacheFolder, processes, trialMs, clock, logger } = options;
		this.#options = options;
		const folder = cacheFolder;
		this.#marks = new TrialMarks({ folder, processes, maxWaitMs: trialMs, clock, logger });
		this.#remembered =
			cacheFolder === undefined
				? undefined
				: new RememberedMeasurements(cacheFolder, gpuChoices, logger);
	}

	async choose(): Promise<ChosenBackend> {
		const { setting, runtime } = this.#options;
		if (setting === "off") {
			return await this.#openCpu([]);
		}
		const offered = gpuProvidersOn(runtime.platform);
		const wanted = setting === "auto" ? offered : [setting];
		const present: { readonly provider: GpuProvider; readonly version: string }[] = [];
		const absent: GpuTrial[] = [];
		for (const provider of wanted) {
			const presence: Presence = offered.includes(provider)
				? await runtime.look(provider)
				: { kind: "absent", fault: { kind: "notOffered" } };
			if (presence.kind === "present") {
				present.push({ provider, version: presence.version });
			} else {
				absent.push({ kind: "unusable", provider, fault: presence.fault });
			}
		}
		if (present.length === 0) {
			return await this.#openCpu(absent);
		}
		const key = await this.#keyWith(present);
		const providers = present.map(({ provider }) => provider);
		return await this.#chooseAmong(providers, absent, key);
	}

	/** Versions and the setting: somebody who asks for a provider gets a new try of it. */
	async #keyWith(
		present: readonly { readonly provider: string; readonly version: string }[],
	): Promise<MeasuredOn> {
		const { setting } = this.#options;
		const key = await this.#options.key();
		const versions = present.map(({ provider, version }) => `${provider} ${version}`);
		return { ...key, runtime: [key.runtime, setting, ...versions].join(", ").slice(0, 150) };
	}

	async #chooseAmong(
		providers: readonly GpuProvider[],
		absent: readonly GpuTrial[],
		key: MeasuredOn,
	): Promise<ChosenBackend> {
		let known = await this.#remembered?.find(key);
		if (known === undefined) {
			for (const provider of providers) {
				await this.#marks.afterOthers(provider, key);
			}
			// Another window may have found out meanwhile.
			known = await this.#remembered?.find(key);
		}
		// What somebody asks for is tried at each start until it runs.
		const isSettled = this.#options.setting === "auto" || known?.chosen !== "cpu";
		if (known === undefined || !isSettled) {
			return await this.#tryAll(providers, absent, key);
		}
		return known.chosen === "cpu"
			? await this.#openCpu([...absent, ...known.trials], advantageOf(known))
			: await this.#openGpu(known.chosen, key, advantageOf(known));
	}

	async #tryAll(
		providers: readonly GpuProvider[],
		absent: readonly GpuTrial[],
		key: MeasuredOn,
	): Promise<ChosenBackend> {
		const { setting, runtime, clock, logger, mayLoadTwice } = this.#options;
		const opened = new OpenedBackends(logger);
		try {
			const cpu = await runtime.openCpu();
			opened.add("cpu", cpu.backend);
			const onCpu = await timeBackend(cpu.backend, clock);
			if (!mayLoadTwice) {
				await opened.dispose("cpu");
			}
			const trials: GpuTrial[] = [];
			for (const provider of providers) {
				trials.push(await this.#try(provider, key, onCpu, opened));
				if (!mayLoadTwice) {
					await opened.dispose(provider);
				}
			}
			const choose = setting === "auto" ? chooseFastest : chooseRunning;
			const choice = choose(onCpu.times, trials);
			for (const figures of figuresOf(choice)) {
				logger.info(figures);
			}
			if (!trials.some((trial) => trial.kind === "unusable" && isPassing(trial.fault))) {
				await this.#remembered?.remember(key, choice);
			}
			const { chosen } = choice;
			const advantage = advantageOf(choice);
			const backend = opened.take(chosen);
			if (chosen === "cpu") {
				const taken = backend === undefined ? undefined : { ...cpu, backend };
				return await this.#openCpu([...absent, ...trials], advantage, taken);
			}
			return backend === undefined
				? await this.#openGpu(chosen, key, advantage)
				: { chosen, backend, advantage };
		} finally {
			await opened.disposeAll();
		}
	}

	async #try(
		provider: GpuProvider,
		key: MeasuredOn,
		onCpu: TimedBackend,
		opened: OpenedBackends,
	): Promise<GpuTrial> {
		const { clock } = this.#options;
		const marked = await this.#marks.afterOthers(provider, key);
		if (marked !== undefined) {
			return { kind: "unusable", provider, fault: marked };
		}
		return await this.#marks.during(
			provider,
			key,
			async (): Promise<GpuTrial> => {
				const found = await this.#inTime(provider, opened, (backend) =>
					timeBackend(backend, clock),
				);
				if ("kind" in found) {
					return { kind: "unusable", provider, fault: found };
				}
				const { times, rows } = found;
				// Not less or equal: a distance that isn't a number is one.
				return distributionDistance(onCpu.rows, rows) <= mostDistance
					? { kind: "timed", provider, times }
					: { kind: "unusable", provider, fault: { kind: "wrongResults" } };
			},
			(trial) => trial.kind === "unusable" && trial.fault.kind === "hung",
		);
	}

	/** What was chosen before may not run any more. */
	async #openGpu(
		provider: GpuProvider,
		key: MeasuredOn,
		advantage: string | undefined,
	): Promise<ChosenBackend> {
		const marked = await this.#marks.afterOthers(provider, key);
		const opened =
			marked ??
			(await this.#marks.during(
				provider,
				key,
				() => this.#openAndRun(provider),
				(result) => "kind" in result && result.kind === "hung",
			));
		return "kind" in opened
			? await this.#openCpu([{ kind: "unusable", provider, fault: opened }])
			: { chosen: provider, backend: opened.backend, advantage };
	}

	async #openAndRun(provider: GpuProvider): Promise<{ readonly backend: Backend } | GpuFault> {
		const opened = new OpenedBackends(this.#options.logger);
		return await this.#inTime(provider, opened, async (backend) => {
			await runOnce(backend);
			opened.take(provider);
			return { backend };
		});
	}

	/** Loads a model and tries it, until that is done, fails or takes too long; then nothing of it is left. Never rejects. */
	async #inTime<Found extends object>(
		provider: GpuProvider,
		opened: OpenedBackends,
		tryIt: (backend: Backend) => Promise<Found>,
	): Promise<Found | GpuFault> {
		const { runtime, clock, trialMs, logger } = this.#options;
		const givenUp = new AbortController();
		const ended = new AbortController();
		const hung: GpuFault = { kind: "hung", seconds: trialMs / 1000 };
		const isGivenUp = (): boolean => givenUp.signal.aborted;
		const trial = async (): Promise<Found | GpuFault> => {
			let backend: Backend | undefined;
			try {
				backend = await runtime.openGpu(provider, givenUp.signal);
				if (!isGivenUp()) {
					opened.add(provider, backend);
					const found = await tryIt(backend);
					if (!isGivenUp()) {
						ended.abort();
						return found;
					}
				}
			} catch (error) {
				if (!isGivenUp()) {
					await opened.dispose(provider);
					return gpuFaultOf(error);
				}
			}
			await disposeOf(provider, backend, logger);
			return hung;
		};
		// Trial and limit each look at the other's signal before they abort their own: one of them has the backend.
		const limit = clock.sleep(trialMs, ended.signal).then(() => {
			if (!ended.signal.aborted) {
				givenUp.abort();
			}
		});
		const running = trial();
		await Promise.race([running, limit]);
		if (!isGivenUp()) {
			ended.abort();
			return await running;
		}
		// Where it can't be killed, it is disposed of when it comes to an end.
		opened.take(provider)?.kill?.();
		return hung;
	}

	async #openCpu(
		trials: readonly GpuTrial[],
		advantage?: string,
		opened?: CpuBackend,
	): Promise<ChosenBackend> {
		const { runtime, setting, logger } = this.#options;
		const notOn = [];
		const order = ({ provider }: GpuTrial): number => gpuProviders.indexOf(provider);
		for (const trial of trials.toSorted((a, b) => order(a) - order(b))) {
			if (trial.kind === "unusable") {
				const { provider, fault } = trial;
				const isToTell = setting !== "auto" || isNews(fault);
				logger[isToTell ? "warn" : "info"](gpuFaultSentence(provider, fault, setting));
				if (isToTell) {
					notOn.push({ provider, reason: gpuFaultReason(provider, fault, setting) });
				}
			}
		}
		const cpu = opened ?? (await runtime.openCpu());
		return { ...cpu, chosen: "cpu", notOn, advantage };
	}
}

/** What was loaded to be timed, until somebody takes it. */
class OpenedBackends {
	readonly #backends = new Map<"cpu" | GpuProvider, Backend>();
	readonly #logger: Logger;

	constructor(logger: Logger) {
		this.#logger = logger;
	}

	add(name: "cpu" | GpuProvider, backend: Backend): void {
		this.#backends.set(name, backend);
	}

	take(name: "cpu" | GpuProvider): Backend | undefined {
		const backend = this.#backends.get(name);
		this.#backends.delete(name);
		return backend;
	}

	async dispose(name: "cpu" | GpuProvider): Promise<void> {
		await disposeOf(name, this.take(name), this.#logger);
	}

	async disposeAll(): Promise<void> {
		for (const name of [...this.#backends.keys()]) {
			await this.dispose(name);
		}
	}
}

/** Never rejects: what can't even be given back is not needed any more. */
async function disposeOf(
	name: "cpu" | GpuProvider,
	backend: Backend | undefined,
	logger: Logger,
): Promise<void> {
	try {
		await backend?.dispose();
	} catch (error) {
		const what = name === "cpu" ? "The processor" : providerNames[name];
		const why = error instanceof Error ? error.message : String(error);
		logger.warn(`${what} could not give the model's memory back (${why}).`);
	}
}
