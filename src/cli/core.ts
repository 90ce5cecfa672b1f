import { readFile } from "node:fs/promises";
import { systemClock, type Clock } from "../base/clock.ts";
import { nullLogger } from "../base/log.ts";
import { createCompletionProvider } from "../completion/createCompletionProvider.ts";
import type { CompletionProvider } from "../completion/completionProvider.ts";
import { LocalSyntax } from "../context/syntax/localSyntax.ts";
import type { CollectContext } from "../completion/relatedCode.ts";
import type { Learner } from "../adaptation/learning.ts";
import type { Engine } from "../engine/engine.ts";
import type { GpuSetting } from "../engine/gpu/gpuProviders.ts";
import { openLocalEngine } from "../engine/openLocalEngine.ts";
import { createSupervisedEngine } from "../engineProcess/supervisor.ts";
import type { ModelManifest } from "../model/manifest.ts";
import { openModel } from "../model/modelStore.ts";
import { createTokenizer } from "../tokenizer/bpeTokenizer.ts";
import type { Tokenizer } from "../tokenizer/tokenizer.ts";
import type { ObservedOutcome } from "./bench/typingScenario.ts";
import { engineProcessPath, grammarFiles } from "./defaults.ts";

export interface CoreOptions {
	readonly modelFolder: string;
	/** Threads of the runtime; chosen for this machine without it. */
	readonly threads: number | undefined;
	/** Where what was found out about this machine is kept for the next start; without it nothing is. */
	readonly cacheFolder: string | undefined;
	/** Which GPU may run the model; without it none. */
	readonly gpu?: GpuSetting;
	/** Absolute; a folder with libraries for GPUs that don't come with Mote. */
	readonly gpuLibraries?: string;
	/** For comparisons: what drafts where decoding learns; the engine's own choice without it. */
	readonly drafter?: "promptLookup";
}

/** What is seen and given beside a pipeline. */
export interface ProviderOptions {
	/** Hears the outcome of every request, and the engine's statistics when it was asked. */
	readonly observe?: (observed: ObservedOutcome) => void;
	readonly collectContext?: CollectContext;
}

/** The parts that the extension assembles too, without an editor around them. */
export interface Core extends AsyncDisposable {
	readonly manifest: ModelManifest;
	readonly tokenizer: Tokenizer;
	readonly engine: Engine & Learner;
	/** For people, in one line: what runs the model, and why that; undefined before an engine of its own process is ready. */
	readonly backendName: string | undefined;
	createProvider(options?: ProviderOptions): CompletionProvider;
}

/**
 * The core with the engine in this process: for single answers and for timing the engine alone. The engine
 * drafts by what passes take, and the pipeline has deadlines: by a clock that stands still, the same questions are always
 * answered in the same passes, and with all that they ask for.
 */
export async function openLocalCore(
	options: CoreOptions,
	clock: Clock = systemClock,
): Promise<Core> {
	const { engine, backendName } = await openLocalEngine({ ...options, clock });
	return await assemble(options, engine, clock, () => backendName);
}

/** The core with the engine in a process of its own, as in the editor. */
export async function openForkedCore(options: CoreOptions): Promise<Core> {
	const supervised = createSupervisedEngine({
		childPath: engineProcessPath,
		modelFolder: options.modelFolder,
		...(options.threads === undefined ? {} : { threads: options.threads }),
		...(options.cacheFolder === undefined ? {} : { cacheFolder: options.cacheFolder }),
		gpu: options.gpu,
		gpuLibraries: options.gpuLibraries,
		logger: nullLogger,
		clock: systemClock,
	});
	return await assemble(options, supervised.engine, systemClock, () =>
		supervised.state.kind === "ready" ? supervised.state.backendName : undefined,
	);
}

async function assemble(
	{ modelFolder }: CoreOptions,
	engine: Engine & Learner,
	clock: Clock,
	backendName: () => string | undefined,
): Promise<Core> {
	// The engine has checked every byte, or will; this reads the tokenizer beside it.
	const model = await openModel(modelFolder, { verify: "sizes" });
	const tokenizer = createTokenizer(await readFile(model.tokenizerPath, "utf8"));
	const syntax = new LocalSyntax(grammarFiles, { clock });
	return {
		manifest: model.manifest,
		tokenizer,
		engine,
		get backendName() {
			return backendName();
		},
		createProvider: ({ observe, collectContext } = {}) =>
			createCompletionProvider({
				engine,
				tokenizer,
				manifest: model.manifest,
				syntax,
				clock,
				logger: nullLogger,
				onDidFinish: (outcome, stats) => observe?.({ outcome, stats }),
				...(collectContext && { collectContext }),
			}),
		[Symbol.asyncDispose]: async () => {
			await engine.dispose();
			await syntax.dispose();
		},
	};
}
