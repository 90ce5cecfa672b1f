import { describe, expect, test } from "vitest";
import { chosen, openingBy, trialMs } from "../../../support/chosenBackend.ts";
import { FakeBackend } from "../../../support/fakeBackend.ts";
import { ScriptedModelRuntime } from "../../../support/scriptedModelRuntime.ts";
import { TemporaryFolder } from "../../../support/temporaryFolder.ts";

describe("a provider that never comes back", () => {
	test.each(["loading", 0, 1, 3] as const)(
		"at %s is given up when its time is over, and the others are tried",
		async (at) => {
			const runtime = new ScriptedModelRuntime("linux-x64", {
				cuda: { kind: "hangs", at },
				webgpu: { kind: "runs", passMs: 2 },
			});
			const found = await chosen(runtime);
			expect(found.chosen).toBe("webgpu");
			// Beside that: half a second of passes on the processor and some of WebGPU, and not another wait.
			expect(Math.floor(runtime.clock.nowMs / trialMs)).toBe(1);
			expect([runtime.live, runtime.clock.sleepers]).toEqual([1, 0]);
		},
	);

	test("is not waited for at the next start, nor where somebody asks for it", async () => {
		using folder = new TemporaryFolder();
		const cacheFolder = folder.path;
		for (const setting of ["auto", "webgpu"] as const) {
			const first = new ScriptedModelRuntime("linux-x64", { webgpu: { kind: "hangs", at: 0 } });
			expect(await chosen(first, { cacheFolder, setting })).toMatchObject({
				chosen: "cpu",
				notOn: [{ reason: expect.stringContaining("did not answer within 20 s") as string }],
			});
			const next = new ScriptedModelRuntime("linux-x64", { webgpu: { kind: "hangs", at: 0 } });
			const found = await chosen(next, { cacheFolder, setting });
			expect([found.chosen, next.asked.includes("open webgpu")]).toEqual(["cpu", false]);
		}
	});

	test("is given back if it comes back after all", async () => {
		const runtime = new ScriptedModelRuntime("linux-x64", { webgpu: { kind: "runs", passMs: 2 } });
		const opened = Promise.withResolvers<undefined>();
		const late = openingBy(runtime, async (provider, signal) => {
			void runtime.clock.hang();
			await opened.promise;
			expect(signal.aborted).toBe(true);
			return await runtime.openGpu(provider);
		});
		const found = await chosen(runtime, { runtime: late });
		expect([found.chosen, runtime.live]).toEqual(["cpu", 1]);
		opened.resolve(undefined);
		await expect.poll(() => runtime.opened.length).toBe(2);
		await expect.poll(() => runtime.live).toBe(1);
	});

	test.each(["auto", "webgpu"] as const)(
		"is given back if its pass ends after all, with the setting %s",
		async (setting) => {
			const runtime = new ScriptedModelRuntime("linux-x64", {
				webgpu: { kind: "runs", passMs: 2 },
			});
			const slow = Promise.withResolvers<undefined>();
			const backend = new FakeBackend({
				onPass: ({ index }) => {
					if (index > 0) {
						return;
					}
					void runtime.clock.hang();
					return slow.promise;
				},
			});
			const late = openingBy(runtime, () => Promise.resolve(backend));
			const found = await chosen(runtime, { runtime: late, setting });
			expect([found.chosen, backend.disposed]).toEqual(["cpu", false]);
			slow.resolve(undefined);
			await expect.poll(() => backend.disposed).toBe(true);
		},
	);

	test("is tried with a signal that stays quiet while there is time", async () => {
		const runtime = new ScriptedModelRuntime("linux-x64", { webgpu: { kind: "runs", passMs: 2 } });
		const signals: AbortSignal[] = [];
		const watched = openingBy(runtime, (provider, signal) => {
			signals.push(signal);
			return runtime.openGpu(provider);
		});
		const found = await chosen(runtime, { runtime: watched });
		expect([found.chosen, signals.map(({ aborted }) => aborted)]).toEqual(["webgpu", [false]]);
	});
});
