import { fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import * as z from "zod";
import { openNativeBackend } from "../../../../src/engine/native/nativeBackend.ts";
import { openModel } from "../../../../src/model/modelStore.ts";
import { builtAddon } from "../../../support/addonBackend.ts";
import { bundleChild, type BundledChild } from "../../../support/bundledChild.ts";
import type { ShortOfMemoryReport } from "../../../support/shortOfMemoryChild.ts";
import { importTinyModel, type TinyModel } from "../../../support/tinyModel.ts";

const addonPath = join(import.meta.dirname, "../../../../dist/native/mote.node");

const tokens = z.array(z.number());
const reportSchema = z.strictObject({
	failures: z.array(z.string()),
	...{ before: tokens, during: tokens, after: tokens },
	grownMegabytes: z.number(),
});

let model: TinyModel;
let program: BundledChild;

beforeAll(async () => {
	program = await bundleChild("test/support/shortOfMemoryChild.ts");
	model = await importTinyModel("int4", { shape: { max_position_embeddings: 131_072 } });
});
afterAll(async () => {
	await Promise.all([program.remove(), model.remove()]);
});

test("a cache for which there aren't even addresses is refused with a sentence, and others are made", async () => {
	const { manifest, nativeGraphPath: graphPath = "" } = await openModel(model.folder);
	// Of 2^48 bytes: more than any process can address.
	const absurd = { contextLength: 2 ** 24, kvHeads: 1024, headDim: 1024 };
	const { addon, instructions } = builtAddon();
	const options = { addon, instructions, graphPath, threads: 1, kvCache: "float32" } as const;
	const backend = await openNativeBackend({ ...options, manifest: { ...manifest, ...absurd } });
	for (let i = 0; i < 100; i++) {
		expect(() => backend.createKvCache(1000)).toThrow(
			"There is no memory for a KV cache of 1000 tokens on this machine; ask with less context.",
		);
	}
	const other = await openNativeBackend({ ...options, manifest });
	other.createKvCache(1000).dispose();
	await Promise.all([backend.dispose(), other.dispose()]);
});

async function runChild(limited: string, leftMegabytes: number): Promise<ShortOfMemoryReport> {
	const child = fork(program.path, [addonPath, model.folder, limited, String(leftMegabytes)], {
		// The young generation of JavaScript would grow into what is left.
		execArgv: ["--max-semi-space-size=1"],
		// The C library would keep what was freed, in the hope of more of it.
		env: { ...process.env, MALLOC_MMAP_THRESHOLD_: "1000000" },
		silent: true,
	});
	let printed = "";
	child.stderr?.on("data", (text) => (printed += String(text)));
	const message = once(child, "message");
	const exit = once(child, "exit");
	const first: unknown[] = await Promise.race([message, exit]);
	if (typeof first[0] !== "object") {
		throw new Error(`the process ended with ${String(first)}: ${printed.slice(-2000)}`);
	}
	await exit;
	return reportSchema.parse(first[0]);
}

const noCache =
	/^runtimeFailed: There is no memory for a KV cache of \d+ tokens on this machine; ask with less context\. </;

const noPass =
	/^runtimeFailed: There is no memory for a pass over 100000 tokens on this machine; close other programs, or ask with less context\. </;

/** `operator` is the one that the runtime says it came to. */
function noPassBeyond(operator: string): RegExp {
	return new RegExp(`${noPass.source}.* ${operator} node\\. .*bad_alloc>$`);
}

// Only Linux limits a process that runs. What is left is the middle of a range that ends at this place, measured; but
// JavaScript's own threads take some of it at times, and then an attempt ends at an earlier place.
test.each(
	process.platform === "linux"
		? ([
				["addresses for a cache", "as", 16, noCache],
				["memory for a cache that grows", "data", 12, noCache],
				["memory for what ONNX Runtime computes", "data", 42, noPassBeyond("GatherBlockQuantized")],
				["memory for what an operator of the addon computes", "data", 100, noPassBeyond("Linear")],
				["memory for attention", "data", 185, noPassBeyond("Attention")],
			] as const)
		: [],
)(
	"without %s a request fails with a sentence, the next is served, and nothing is leaked",
	async (_, limited, leftMegabytes, sentence) => {
		const report = await runChild(limited, leftMegabytes);
		const refused = report.failures.filter((failure) =>
			[noCache, noPass].some((sentence) => sentence.test(failure)),
		);
		expect(refused).toEqual(report.failures);
		expect(report.failures).toHaveLength(20);
		expect(report.failures).toContainEqual(expect.stringMatching(sentence));
		expect(report.during).toEqual(report.before);
		expect(report.after).toHaveLength(8);
		// A cache that stays with each would be 500, a pass more; JavaScript's heap has grown by up to 22.
		expect(report.grownMegabytes).toBeLessThan(60);
	},
);
