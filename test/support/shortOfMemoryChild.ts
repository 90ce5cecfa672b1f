/**
 * A process whose memory is short for a while: an engine over a model on Mote's addon answers, then long prompts while
 * the system grants nothing beyond a limit, then others. Linux only, for elsewhere a limit can't be set while a
 * process runs. Its arguments are the addon, the model's folder, what is limited (`data`: memory that can be written, `as`:
 * addresses) and how many megabytes are left. Sends one {@link ShortOfMemoryReport}.
 */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { systemClock } from "../../src/base/clock.ts";
import { EngineError } from "../../src/engine/errors.ts";
import { assert } from "../../src/base/assert.ts";
import { LocalEngine } from "../../src/engine/localEngine.ts";
import { loadAddon } from "../../src/engine/native/addon.ts";
import { openNativeBackend } from "../../src/engine/native/nativeBackend.ts";
import { openModel } from "../../src/model/modelStore.ts";
import { answerOf, someTokens } from "./engineRequests.ts";
import { fakeVocabulary } from "./fakeEngine.ts";

export interface ShortOfMemoryReport {
	/** `code: message <cause>` of each long prompt, or what it threw instead. */
	readonly failures: readonly string[];
	/** A short prompt's answer before and in between, and another's when there is memory again. */
	readonly before: readonly number[];
	readonly during: readonly number[];
	readonly after: readonly number[];
	/** What the process has more of what is limited, after all failures. */
	readonly grownMegabytes: number;
}

const megabyte = 2 ** 20;
const vocabularySize = 512;
const longTokens = 100_000;
const attempts = 20;

const [addonPath = "", folder = "", limited = "data", leftMegabytes = "0"] = process.argv.slice(2);

const loaded = loadAddon(addonPath);
const { manifest, nativeGraphPath } = await openModel(folder);
assert(loaded.kind === "loaded" && nativeGraphPath !== undefined, "the addon runs the model");
const backend = await openNativeBackend({
	...{ ...loaded, manifest, graphPath: nativeGraphPath, threads: 1 },
});
const engine = new LocalEngine({
	backend,
	vocabulary: fakeVocabulary,
	clock: systemClock,
	// One pass for all of it, and so one large allocation after the other.
	prefillChunkTokens: longTokens,
});
const long = someTokens(longTokens, 2, vocabularySize);
const before = await shortAnswer(1);

const usedBytes = bytesUsed();
const failures: string[] = [];
for (let attempt = 0; attempt < attempts; attempt++) {
	// Anew each time: JavaScript's own heap grows meanwhile, and would take it from what is left.
	setLimit(`${bytesUsed() + Number(leftMegabytes) * megabyte}`);
	failures.push(await failureOf(long));
}
const during = await shortAnswer(1);
const grownMegabytes = (bytesUsed() - usedBytes) / megabyte;
setLimit("unlimited");
const after = await shortAnswer(3);
await engine.dispose();

const report: ShortOfMemoryReport = { failures, before, during, after, grownMegabytes };
process.send?.(report);

async function shortAnswer(seed: number): Promise<readonly number[]> {
	const prompt = someTokens(50, seed, vocabularySize);
	return (await answerOf(engine, { prompt, maxNewTokens: 8 })).ids;
}

async function failureOf(prompt: typeof long): Promise<string> {
	try {
		await answerOf(engine, { prompt, maxNewTokens: 1 });
		return "none";
	} catch (error) {
		const cause = error instanceof EngineError ? error.cause : undefined;
		return error instanceof EngineError && cause instanceof Error
			? `${error.code}: ${error.message} <${cause.message}>`
			: String(error);
	}
}

/** The soft limit, which may be raised again. */
function setLimit(bytes: string): void {
	execFileSync("prlimit", ["--pid", String(process.pid), `--${limited}=${bytes}:`]);
}

function bytesUsed(): number {
	const field = limited === "as" ? "VmSize" : "VmData";
	const status = readFileSync("/proc/self/status", "utf8");
	return 1024 * Number(new RegExp(`^${field}:\\s*(\\d+) kB$`, "m").exec(status)?.[1]);
}
