import { fork } from "node:child_process";
import { createInterface } from "node:readline";
import { afterAll, beforeAll, expect, test } from "vitest";
import { isRunning } from "../../../../src/base/process/isRunning.ts";
import { FallbackBackend } from "../../../../src/engine/fallbackBackend.ts";
import { openOrtBackend } from "../../../../src/engine/ort/ortBackend.ts";
import { openModel } from "../../../../src/model/modelStore.ts";
import { bundleChild, type BundledChild } from "../../../support/bundledChild.ts";
import { rowsOf, rounding, tokens } from "../../../support/deviceLogits.ts";
import { FakeClock } from "../../../support/fakeClock.ts";
import { forkHangingDevice } from "../../../support/hangingDevice.ts";
import { relativeError } from "../../../support/relativeError.ts";
import { openFrom } from "../../../support/servedDevice.ts";
import { importTinyModel, type TinyModel } from "../../../support/tinyModel.ts";

/** Processes that block their own threads, as a driver does that never comes back. */

let device: BundledChild;
let abandoning: BundledChild;
let tiny: TinyModel;

beforeAll(async () => {
	[device, abandoning, tiny] = await Promise.all([
		bundleChild("test/support/hangingDeviceChild.ts"),
		bundleChild("test/support/abandoningChild.ts"),
		importTinyModel("int4"),
	]);
});
afterAll(async () => {
	await Promise.all([device.remove(), abandoning.remove(), tiny.remove()]);
});

test("a pass that blocks is cut off at its limit, and the processor goes on where it was", async () => {
	const { manifest, graphPath } = await openModel(tiny.folder);
	const said: string[] = [];
	const process = forkHangingDevice(device.path, 2, (line) => void said.push(line));
	const clock = new FakeClock();
	const backend = new FallbackBackend({
		primary: await openFrom(process, manifest, undefined, tiny.folder),
		openStandIn: () => openOrtBackend({ graphPath, manifest, threads: 1 }),
		...{ maxPassMs: 1500, msPerByte: 0 },
		clock,
		onFallback: (cause) => void said.push(String(cause)),
	});
	const ordinary = await openOrtBackend({ graphPath, manifest, threads: 1 });
	const expected = ordinary.createKvCache(64);
	const cache = backend.createKvCache(64);
	for (const chunk of [tokens.slice(0, 16), tokens.slice(16, 17)]) {
		await backend.forward(cache, chunk, 0);
		await ordinary.forward(expected, chunk, 0);
	}
	expect(said).toEqual([]);
	const pass = rowsOf(backend, cache, tokens.slice(17, 18), 1);
	await expect.poll(() => said).toEqual([expect.stringContaining("hangs")]);
	await clock.advance(1500);
	const wanted = await rowsOf(ordinary, expected, tokens.slice(17, 18), 1);
	expect(relativeError(await pass, wanted)).toBeLessThan(rounding);
	expect(said.at(-1)).toContain("a pass took longer than 1.5 s");
	expect((await process.exited).description).toBe("SIGKILL");
	await backend.dispose();
	await ordinary.dispose();
});

test.each([
	["that hangs", "atOnce"],
	["whose watch only begins when it is gone", "late"],
])("a process %s doesn't outlive the one that has started it", async (_what, watch) => {
	const engine = fork(abandoning.path, [device.path, tiny.folder, watch], { silent: true });
	const lines = createInterface({ input: engine.stdout ?? process.stdin });
	const processId = await new Promise<number>((resolve) => {
		lines.on("line", (line) => {
			const [, id] = /process (\d+) hangs/.exec(line) ?? [];
			if (id !== undefined) {
				resolve(Number(id));
			}
		});
	});
	expect(isRunning(processId)).toBe(true);
	engine.kill("SIGKILL");
	await expect.poll(() => isRunning(processId)).toBe(false);
});
