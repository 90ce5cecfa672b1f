import { describe, expect, test } from "vitest";
import {
	gpuProvidersOn,
	gpuProviders,
	type GpuProvider,
} from "../../../../src/engine/gpu/gpuProviders.ts";
import { chosen, openingBy } from "../../../support/chosenBackend.ts";
import {
	ScriptedModelRuntime,
	type ProviderScript,
} from "../../../support/scriptedModelRuntime.ts";
import { TemporaryFolder } from "../../../support/temporaryFolder.ts";

const platforms = ["linux-x64", "linux-arm64", "win32-x64", "win32-arm64", "darwin-arm64"] as const;

interface State {
	readonly script: ProviderScript;
	/** The processor takes 10 ms a pass. */
	readonly passMs?: number;
	/** What a user reads, who has asked for nothing; undefined where there is nothing to read. */
	readonly reason?: string | ((name: string, provider: GpuProvider) => string);
	/** The same where the user has asked for this provider. */
	readonly forcedReason?: string;
}

/** What ends with what somebody sets who doesn't want to hear of it any more. */
const withWayOut = (reason: string): Pick<State, "reason" | "forcedReason"> => ({
	reason: `${reason} set “mote.engine.gpu” to “off”`,
	forcedReason: `${reason} set “mote.engine.gpu” to “auto” or “off”`,
});

const states: Readonly<Record<string, State>> = {
	"much faster": { script: { kind: "runs", passMs: 2 }, passMs: 2 },
	faster: { script: { kind: "runs", passMs: 4 }, passMs: 4 },
	"a little faster": { script: { kind: "runs", passMs: 9 } },
	slower: { script: { kind: "runs", passMs: 30 } },
	"not there": {
		script: { kind: "absent", fault: { kind: "noDevice" } },
		forcedReason:
			"there is no graphics card with a driver for it; install the card's driver, or set “mote.engine.gpu” to “auto” or “off”",
	},
	"without its library": {
		script: { kind: "absent", fault: { kind: "noLibrary", wanted: "libprovider.so" } },
		forcedReason:
			"libprovider.so is not there; put it into the folder that “mote.engine.gpuLibraries” names",
	},
	"without the addon": {
		script: { kind: "absent", fault: { kind: "noAddon", because: "this build of Mote has none" } },
		forcedReason:
			"it needs Mote's own addon, which is not used, because this build of Mote has none",
	},
	"without a graph": {
		script: { kind: "absent", fault: { kind: "noGraph", because: "old" } },
		forcedReason: "the model was imported without a graph for GPUs; import it again",
	},
	"of another version": {
		script: { kind: "refuses", message: "libprovider.so: undefined symbol: Provider_GetHost" },
		reason:
			"its libraries don't belong together (libprovider.so: undefined symbol: Provider_GetHost); put those of one release of ONNX Runtime into the folder that “mote.engine.gpuLibraries” names",
	},
	"with an old driver": {
		script: {
			kind: "refuses",
			message: "CUDA failure 35: CUDA driver version is insufficient for CUDA runtime version",
		},
		reason:
			"the graphics card's driver is too old (CUDA failure 35: CUDA driver version is insufficient for CUDA runtime version); install a newer one",
	},
	"without memory for the model": {
		script: { kind: "refuses", message: "Failed to allocate memory for requested buffer" },
		reason:
			"the graphics card has too little memory free for the model; close what else uses it, other windows too, or choose a smaller model",
	},
	"without memory for a pass": {
		script: { kind: "breaks", pass: 1, message: "CUDA error: out of memory" },
		reason:
			"the graphics card has too little memory free for the model; close what else uses it, other windows too, or choose a smaller model",
	},
	"gone in the middle": {
		script: { kind: "breaks", pass: 5, message: "WebGPU device lost (reason 2)" },
		reason: "the graphics card was reset or is gone; restart the engine when it is back",
	},
	failing: {
		script: { kind: "refuses", message: "Shader validation failed" },
		...withWayOut(
			"it could not run the model (Shader validation failed); install a newer driver of the graphics card, or",
		),
	},
	"too small for the model": {
		script: {
			kind: "absent",
			fault: { kind: "tooLarge", neededBytes: 5.2e9, totalBytes: 4e9, freeBytes: 3e9 },
		},
		reason:
			"the model needs about 5.2 GB of the graphics card's memory, which has 4 GB; choose a smaller model",
	},
	"full of another window's model": {
		script: {
			kind: "absent",
			fault: { kind: "tooLarge", neededBytes: 5.2e9, totalBytes: 8e9, freeBytes: 3e9 },
		},
		reason:
			"the model needs about 5.2 GB of the graphics card's memory, of which 3 GB are free; close what else uses it, other windows too, or choose a smaller model",
	},
	"hanging when it is loaded": {
		script: { kind: "hangs", at: "loading" },
		...withWayOut(
			"it did not answer within 20 s when it was tried; install a newer driver of the graphics card, or",
		),
	},
	"hanging in its first pass": {
		script: { kind: "hangs", at: 0 },
		...withWayOut(
			"it did not answer within 20 s when it was tried; install a newer driver of the graphics card, or",
		),
	},
	"computing something else": {
		script: { kind: "computesWrong" },
		reason: (name) =>
			`${name} computes something else than the processor with this model; install a newer driver of the graphics card`,
	},
};
const stateNames = Object.keys(states);

const names: Readonly<Record<GpuProvider, string>> = {
	cuda: "CUDA",
	directml: "DirectML",
	coreml: "Core ML",
	webgpu: "WebGPU",
};

function reasonOf(state: State, provider: GpuProvider): string | undefined {
	const { reason } = state;
	return typeof reason === "function" ? reason(names[provider], provider) : reason;
}

/** Every combination of states of the providers that a platform has. */
const combinations = platforms.flatMap((platform) =>
	gpuProvidersOn(platform)
		.reduce<readonly (readonly (readonly [GpuProvider, string])[])[]>(
			(sets, provider) =>
				sets.flatMap((set) => stateNames.map((name) => [...set, [provider, name] as const])),
			[[]],
		)
		.map((providers) => ({ platform, providers })),
);

describe("of every combination of providers on every platform", () => {
	test("there are as many as there should be", () => {
		expect(combinations).toHaveLength(4 * stateNames.length ** 2 + 1);
	});

	test.each(platforms)(
		"on %s the fastest runs the model, and a sentence says why another doesn't",
		async (platform) => {
			for (const { providers } of combinations.filter((each) => each.platform === platform)) {
				const scripts = Object.fromEntries(
					providers.map(([provider, name]) => [provider, states[name]?.script]),
				);
				const runtime = new ScriptedModelRuntime(platform, scripts);
				const log: string[] = [];
				const found = await chosen(runtime, {}, log);
				const fast = providers
					.map(([provider, name]) => [provider, states[name]?.passMs ?? Infinity] as const)
					.filter(([, passMs]) => passMs < Infinity)
					.toSorted(([, a], [, b]) => a - b);
				const label = JSON.stringify([platform, providers]);
				expect([label, found.chosen]).toEqual([label, fast[0]?.[0] ?? "cpu"]);
				const reasons = providers.flatMap(([provider, name]) => {
					const reason = reasonOf(states[name] ?? { script: { kind: "computesWrong" } }, provider);
					return reason === undefined ? [] : [{ provider, reason }];
				});
				if (found.chosen === "cpu") {
					expect([label, found.notOn]).toEqual([label, reasons]);
					expect(log).toEqual(
						reasons.map(
							({ provider, reason }) => `warn: ${names[provider]} is not used, because ${reason}.`,
						),
					);
				}
				// What was only tried is given back, and nobody waits for it any more.
				expect([label, runtime.live, runtime.clock.sleepers]).toEqual([label, 1, 0]);
				await found.backend.dispose();
			}
		},
	);

	test.each(platforms)(
		"on %s a provider that somebody asks for runs, or says why not",
		async (platform) => {
			const offered = gpuProvidersOn(platform);
			for (const provider of gpuProviders) {
				for (const [name, state] of Object.entries(states)) {
					const runtime = new ScriptedModelRuntime(platform, { [provider]: state.script });
					const found = await chosen(runtime, { setting: provider });
					const label = JSON.stringify([platform, provider, name]);
					// However slow it is, if it is right.
					const isLoaded = offered.includes(provider) && state.script.kind === "runs";
					expect([label, found.chosen]).toEqual([label, isLoaded ? provider : "cpu"]);
					if (found.chosen === "cpu") {
						const reason = offered.includes(provider)
							? (state.forcedReason ?? reasonOf(state, provider))
							: "there is none on this system; set “mote.engine.gpu” to “auto” or “off”";
						expect([label, found.notOn]).toEqual([label, [{ provider, reason }]]);
					}
					expect(runtime.live).toBe(1);
				}
			}
		},
	);
});

test("switched off, nothing is looked at", async () => {
	const runtime = new ScriptedModelRuntime("linux-x64", { webgpu: { kind: "runs", passMs: 1 } });
	const found = await chosen(runtime, { setting: "off" });
	expect([found.chosen, runtime.asked]).toEqual(["cpu", ["open cpu"]]);
});

test("where there is no provider nothing is timed and nothing is said", async () => {
	const runtime = new ScriptedModelRuntime("linux-x64", {});
	const log: string[] = [];
	const found = await chosen(runtime, {}, log);
	expect(found).toMatchObject({ chosen: "cpu", notOn: [], advantage: undefined });
	expect([runtime.asked, runtime.opened[0]?.passes, log]).toEqual([
		["look cuda", "look webgpu", "open cpu"],
		[],
		[],
	]);
});

describe("a choice", () => {
	const fast = { webgpu: { kind: "runs", passMs: 2 } } as const;

	test("is made once, with its figures, and made again when a driver changes", async () => {
		using folder = new TemporaryFolder();
		const runtime = new ScriptedModelRuntime("linux-x64", fast);
		const cacheFolder = folder.path;
		const first = await chosen(runtime, { cacheFolder });
		expect(first).toMatchObject({
			chosen: "webgpu",
			advantage: "5.0 times as fast as the processor here",
		});
		runtime.asked.length = 0;
		expect(await chosen(runtime, { cacheFolder })).toMatchObject({
			chosen: "webgpu",
			advantage: "5.0 times as fast as the processor here",
		});
		expect(runtime.asked).toEqual(["look cuda", "look webgpu", "open webgpu"]);
		runtime.asked.length = 0;
		runtime.version = "2";
		await chosen(runtime, { cacheFolder });
		expect(runtime.asked).toContain("open cpu");
	});

	test("for the processor says so at the next start too", async () => {
		using folder = new TemporaryFolder();
		const runtime = new ScriptedModelRuntime("linux-x64", {
			cuda: { kind: "refuses", message: "Shader validation failed" },
			webgpu: { kind: "runs", passMs: 20 },
		});
		const first = await chosen(runtime, { cacheFolder: folder.path });
		runtime.asked.length = 0;
		const again = await chosen(runtime, { cacheFolder: folder.path });
		expect(runtime.asked).toEqual(["look cuda", "look webgpu", "open cpu"]);
		expect(again).toMatchObject({
			chosen: "cpu",
			advantage: "2.0 times as fast as WebGPU here",
			notOn: [{ provider: "cuda", reason: expect.stringContaining("Shader validation") as string }],
		});
		expect({ ...again, backend: undefined }).toEqual({ ...first, backend: undefined });
	});

	test("of somebody is held against the processor once, and tried at each start until it runs", async () => {
		using folder = new TemporaryFolder();
		const options = { cacheFolder: folder.path, setting: "webgpu" } as const;
		const wrong = new ScriptedModelRuntime("linux-x64", { webgpu: { kind: "computesWrong" } });
		for (const start of [1, 2]) {
			wrong.asked.length = 0;
			const found = await chosen(wrong, options);
			expect([start, found.chosen, wrong.asked]).toEqual([
				...[start, "cpu"],
				["look webgpu", "open cpu", "open webgpu"],
			]);
		}
		const slow = new ScriptedModelRuntime("linux-x64", { webgpu: { kind: "runs", passMs: 40 } });
		const found = await chosen(slow, options);
		expect(found).toMatchObject({
			chosen: "webgpu",
			advantage: "0.3 times as fast as the processor here",
		});
		slow.asked.length = 0;
		await chosen(slow, options);
		expect(slow.asked).toEqual(["look webgpu", "open webgpu"]);
	});

	test("that was made while memory was short is made again", async () => {
		using folder = new TemporaryFolder();
		const runtime = new ScriptedModelRuntime("linux-x64", {
			webgpu: { kind: "refuses", message: "out of memory" },
		});
		await chosen(runtime, { cacheFolder: folder.path });
		runtime.asked.length = 0;
		await chosen(runtime, { cacheFolder: folder.path });
		expect(runtime.asked).toContain("open webgpu");
	});

	test("that can't be opened any more leaves the processor, with a sentence", async () => {
		using folder = new TemporaryFolder();
		const cacheFolder = folder.path;
		await chosen(new ScriptedModelRuntime("linux-x64", fast), { cacheFolder });
		const later = new ScriptedModelRuntime("linux-x64", {
			webgpu: { kind: "breaks", pass: 0, message: "device was lost" },
		});
		expect(await chosen(later, { cacheFolder })).toMatchObject({
			chosen: "cpu",
			notOn: [
				{ provider: "webgpu", reason: expect.stringContaining("was reset or is gone") as string },
			],
		});
		expect(later.live).toBe(1);
	});

	test("of a large model is made without two copies in memory", async () => {
		const runtime = new ScriptedModelRuntime("linux-x64", fast);
		let most = 0;
		const counted = openingBy(runtime, (provider) => {
			most = Math.max(most, runtime.live);
			return runtime.openGpu(provider);
		});
		const found = await chosen(runtime, { runtime: counted, mayLoadTwice: false });
		expect([found.chosen, most, runtime.live]).toEqual(["webgpu", 0, 1]);
	});
});
