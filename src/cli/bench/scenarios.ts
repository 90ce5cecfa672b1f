import { systemClock } from "../../base/clock.ts";
import { defaultCompletionConfig } from "../../completion/defaultConfig.ts";
import { openForkedCore, openLocalCore, type Core, type CoreOptions } from "../core.ts";
import {
	cancelMs,
	cyclicTokens,
	decodeMsPerToken,
	prefillTokensPerSecond,
	type TokenSupply,
} from "./engineScenarios.ts";
import { codeText, readTraces } from "./traceFolder.ts";
import { replayTyping, type ObservedOutcome, type TypingReport } from "./typingScenario.ts";

export const scenarioNames = ["decode", "prefill", "typing", "firstLine", "cancel"] as const;
export type ScenarioName = (typeof scenarioNames)[number];

export interface ScenarioOptions extends CoreOptions {
	readonly tracesFolder: string;
}

/** Figures of one scenario, by the names they have in the report. */
export type ScenarioResult = Readonly<Record<string, unknown>>;

/** Runs one scenario in this process, which should be fresh: earlier work would warm caches and memory. */
export async function runScenario(
	name: ScenarioName,
	options: ScenarioOptions,
): Promise<ScenarioResult> {
	switch (name) {
		case "decode":
			return await inProcess(options, async (engine, supply) => ({
				decodeMsPerToken: {
					"0": await decodeMsPerToken(engine, supply, 0, 5),
					"1024": await decodeMsPerToken(engine, supply, 1024, 5),
					"4096": await decodeMsPerToken(engine, supply, 4096, 5),
				},
			}));
		case "prefill":
			return await inProcess(options, async (engine, supply) => ({
				prefillTokensPerSecond: {
					"512": await prefillTokensPerSecond(engine, supply, 512, 5),
					"2048": await prefillTokensPerSecond(engine, supply, 2048, 3),
				},
			}));
		case "typing":
			return { ...(await typing(options, defaultCompletionConfig.minJointProbability)) };
		case "firstLine": {
			// With the gate open every answer is written to its end: the cost without the model's doubt.
			const { keystrokeToGhostMs, model, backend } = await typing(options, 0);
			return { keystrokeToGhostUngatedMs: keystrokeToGhostMs, model, backend };
		}
		case "cancel": {
			await using core = await openForkedCore(options);
			const supply = cyclicTokens(core.tokenizer.encode(await codeText(options.tracesFolder)));
			const figures = { cancelMs: await cancelMs(core.engine, supply, 4096, 44) };
			return { ...figures, ...runningIn(core) };
		}
	}
}

interface ModelInUse {
	readonly model: string;
	/** What runs it, and why that. */
	readonly backend: string | undefined;
}

/** To be asked when the engine has answered. */
function runningIn({ manifest, backendName }: Core): ModelInUse {
	return { model: manifest.name, backend: backendName };
}

async function inProcess(
	options: ScenarioOptions,
	measure: (
		engine: Awaited<ReturnType<typeof openLocalCore>>["engine"],
		supply: TokenSupply,
	) => Promise<ScenarioResult>,
): Promise<ScenarioResult> {
	await using core = await openLocalCore(options);
	const supply = cyclicTokens(core.tokenizer.encode(await codeText(options.tracesFolder)));
	const figures = await measure(core.engine, supply);
	return {
		...figures,
		...runningIn(core),
		peakRssMb: Math.round(process.resourceUsage().maxRSS / 1024),
	};
}

async function typing(
	options: ScenarioOptions,
	minJointProbability: number,
): Promise<TypingReport & ModelInUse> {
	await using core = await openForkedCore(options);
	const traces = await readTraces(options.tracesFolder);
	let observe: ((observed: ObservedOutcome) => void) | undefined;
	const provider = core.createProvider({
		observe: (observed) => {
			observe?.(observed);
		},
	});
	const report = await replayTyping(
		traces,
		{
			provide: async (request, config) => {
				const observed = new Promise<ObservedOutcome>((resolve) => (observe = resolve));
				const outcome = await provider.provide(request, config, new AbortController().signal);
				const answeredAtMs = systemClock.now();
				// The statistics come when the engine has stopped, which the person doesn't wait for.
				return { outcome, answeredAtMs, stats: (await observed).stats };
			},
			settled: () => provider.settled(),
		},
		{ ...defaultCompletionConfig, debounceMs: 0, minJointProbability },
		systemClock,
	);
	provider.dispose();
	return { ...report, ...runningIn(core) };
}
