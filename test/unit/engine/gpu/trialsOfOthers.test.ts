import { describe, expect, test } from "vitest";
import { EndWork } from "../../../../src/base/process/endWork.ts";
import type { GpuSetting } from "../../../../src/engine/gpu/gpuProviders.ts";
import { alone, chosen, openingBy, trialMs } from "../../../support/chosenBackend.ts";
import { FakeClock } from "../../../support/fakeClock.ts";
import { HastyClock } from "../../../support/hastyClock.ts";
import { ScriptedModelRuntime } from "../../../support/scriptedModelRuntime.ts";
import { TemporaryFolder } from "../../../support/temporaryFolder.ts";

/** A window beside process 99, which runs. */
const beside99 = { ownId: 100, isRunning: (id: number) => id === 99 };

/** Lets time pass until `work` is done. */
async function passing<Result>(clock: FakeClock, work: Promise<Result>): Promise<Result> {
	const done = new AbortController();
	void work.finally(() => done.abort());
	while (!done.signal.aborted) {
		await clock.advance(250);
	}
	return await work;
}

describe("of two windows that are opened together", () => {
	const scripts = { webgpu: { kind: "runs", passMs: 2 } } as const;

	test.each<[string, GpuSetting, readonly string[]]>([
		["takes what that finds out", "auto", ["look cuda", "look webgpu", "open webgpu"]],
		["tries it behind that, where it is asked for", "webgpu", ["look webgpu", "open webgpu"]],
	])("the second waits for the first, and %s", async (_, setting, asked) => {
		using folder = new TemporaryFolder();
		const cacheFolder = folder.path;
		const loaded = Promise.withResolvers<undefined>();
		const loading = Promise.withResolvers<undefined>();
		const first = new ScriptedModelRuntime("linux-x64", scripts);
		const slow = openingBy(first, async (provider) => {
			loading.resolve(undefined);
			await loaded.promise;
			return await first.openGpu(provider);
		});
		const processes = { ...alone, ownId: 99 };
		const firstFound = chosen(first, { runtime: slow, cacheFolder, setting, processes });
		await loading.promise;
		const second = new ScriptedModelRuntime("linux-x64", scripts);
		const clock = new FakeClock();
		const options = { cacheFolder, setting, processes: beside99, clock };
		const secondFound = chosen(second, options);
		await expect.poll(() => clock.sleepers).toBe(1);
		expect(second.asked.filter((question) => question.startsWith("open"))).toEqual([]);
		loaded.resolve(undefined);
		expect((await firstFound).chosen).toBe("webgpu");
		expect((await passing(clock, secondFound)).chosen).toBe("webgpu");
		expect(second.asked).toEqual(asked);
	});

	test.each<[GpuSetting, string]>([
		["auto", "did not answer within 20 s"],
		["webgpu", "never answered"],
	])(
		"the second, with the setting %s, doesn't wait for a trial that hung in the first",
		async (setting, reason) => {
			using folder = new TemporaryFolder();
			const cacheFolder = folder.path;
			const first = new ScriptedModelRuntime("linux-x64", { webgpu: { kind: "hangs", at: 0 } });
			await chosen(first, { cacheFolder, setting, processes: { ...alone, ownId: 99 } });
			const second = new ScriptedModelRuntime("linux-x64", scripts);
			expect(await chosen(second, { cacheFolder, setting, processes: beside99 })).toMatchObject({
				chosen: "cpu",
				notOn: [{ provider: "webgpu", reason: expect.stringContaining(reason) as string }],
			});
			expect([second.asked.includes("open webgpu"), second.clock.sleepers]).toEqual([false, 0]);
		},
	);
});

describe("a provider that ends the process while it is tried", () => {
	/** A start that never comes to its end; with `endWork` it hears of that before. */
	async function died(
		cacheFolder: string,
		setting: GpuSetting = "auto",
		endWork?: EndWork,
	): Promise<void> {
		const runtime = new ScriptedModelRuntime("linux-x64", { webgpu: { kind: "runs", passMs: 2 } });
		let isTried: () => void = () => undefined;
		const tried = new Promise<void>((resolve) => {
			isTried = resolve;
		});
		const dying = openingBy(runtime, () => {
			isTried();
			return new Promise<never>(() => undefined);
		});
		const processes = { ...alone, ownId: 99, beforeEnd: endWork?.add };
		void chosen(runtime, { runtime: dying, cacheFolder, setting, processes });
		await tried;
		await endWork?.run();
	}

	test.each(["auto", "webgpu"] as const)(
		"isn't meant where that was told to end, with the setting %s",
		async (setting) => {
			using folder = new TemporaryFolder();
			await died(folder.path, setting, new EndWork());
			const runtime = new ScriptedModelRuntime("linux-x64", {
				webgpu: { kind: "runs", passMs: 2 },
			});
			const found = await chosen(runtime, { cacheFolder: folder.path, setting });
			expect(found.chosen).toBe("webgpu");
		},
	);

	test("is not tried again, and a sentence says how it would be", async () => {
		using folder = new TemporaryFolder();
		await died(folder.path);
		const runtime = new ScriptedModelRuntime("linux-x64", { webgpu: { kind: "runs", passMs: 2 } });
		for (const start of [1, 2]) {
			const found = await chosen(runtime, { cacheFolder: folder.path });
			expect([start, found]).toMatchObject([
				start,
				{
					chosen: "cpu",
					notOn: [
						{
							provider: "webgpu",
							reason:
								"it ended the engine, or never answered, when it was tried; install a newer driver of the graphics card, or set “mote.engine.gpu” to “webgpu” to try it once more",
						},
					],
				},
			]);
		}
		expect(runtime.asked).not.toContain("open webgpu");
		const forced = await chosen(runtime, { cacheFolder: folder.path, setting: "webgpu" });
		expect(forced.chosen).toBe("webgpu");
	});

	test("ends it once where somebody has asked for it", async () => {
		using folder = new TemporaryFolder();
		await died(folder.path, "webgpu");
		const runtime = new ScriptedModelRuntime("linux-x64", { webgpu: { kind: "runs", passMs: 2 } });
		const found = await chosen(runtime, { cacheFolder: folder.path, setting: "webgpu" });
		// The setting is that already, and would change nothing.
		expect(found).toMatchObject({
			chosen: "cpu",
			notOn: [
				{
					reason:
						"it ended the engine, or never answered, when it was tried; install a newer driver of the graphics card, or set “mote.engine.gpu” to “auto” or “off”",
				},
			],
		});
	});

	test("is left alone for this start while another window tries it for too long", async () => {
		using folder = new TemporaryFolder();
		await died(folder.path);
		const runtime = new ScriptedModelRuntime("linux-x64", { webgpu: { kind: "runs", passMs: 2 } });
		const lookEveryMs = 250;
		const clock = new HastyClock(lookEveryMs);
		const options = { cacheFolder: folder.path, processes: beside99, clock };
		expect(await chosen(runtime, options)).toMatchObject({ chosen: "cpu", notOn: [] });
		// Not once more where it is its turn.
		expect(clock.slept).toHaveLength(trialMs / lookEveryMs);
		expect(runtime.asked).not.toContain("open webgpu");
	});
});
