import { closeSync, mkdirSync, openSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { damageFile, filesBelow } from "../../../bench/soak/damage.ts";
import { Dice } from "../../../bench/soak/dice.ts";
import { faultKinds, faultsOf, type FaultKind } from "../../../bench/soak/faultKind.ts";
import { JumpingClock } from "../../../bench/soak/jumpingClock.ts";
import { generalized, LogTally } from "../../../bench/soak/logTally.ts";
import { ModelFiles, modelDamages } from "../../../bench/soak/modelFiles.ts";
import { OutcomeLedger, problemOf } from "../../../bench/soak/outcomeLedger.ts";
import type { ResidentBytes } from "../../../bench/soak/mappings.ts";
import {
	leaksBetween,
	openHandles,
	slopeOf,
	type Resources,
} from "../../../bench/soak/resources.ts";
import { asJson, asMarkdown, type SoakFindings } from "../../../bench/soak/soakReport.ts";
import { editBetween, TypedDocument } from "../../../bench/soak/typedDocument.ts";
import type {
	CompletionOutcome,
	CompletionRequest,
} from "../../../src/completion/completionProvider.ts";
import { FakeClock, settle } from "../../support/fakeClock.ts";
import { TemporaryFolder } from "../../support/temporaryFolder.ts";

function firstOf(count: number, faults: Generator<FaultKind, never>): readonly FaultKind[] {
	return Array.from({ length: count }, () => faults.next().value);
}

describe("the order of faults", () => {
	test("has every kind in any twenty, half of them kills at least, and is the same for the same seed", () => {
		fc.assert(
			fc.property(fc.nat(), (seed) => {
				const take = (): readonly FaultKind[] =>
					firstOf(2 * faultKinds.length, faultsOf(new Dice(seed), []));
				const faults = take();
				expect(new Set(faults)).toEqual(new Set(faultKinds));
				const kills = faults.filter((kind) => kind === "engineKilled");
				expect(kills.length).toBeGreaterThan(faults.length / 2);
				expect(take()).toEqual(faults);
			}),
		);
	});

	test("leaves out what can't be done", () => {
		const faults = firstOf(100, faultsOf(new Dice(7), ["diskFull"]));
		expect(faults).not.toContain("diskFull");
	});
});

describe("a document", () => {
	test("becomes what was typed by single edits, and is the same again when one is taken back", () => {
		fc.assert(
			fc.property(fc.array(fc.string({ unit: "binary" }), { minLength: 1 }), (texts) => {
				const document = new TypedDocument("");
				for (const text of texts) {
					document.apply(editBetween(document.text, text));
					expect(document.text).toBe(text);
				}
				const { text } = document;
				const half = Math.floor(text.length / 2);
				document.apply(document.replace({ start: half, end: text.length }, "other"));
				expect(document.text).toBe(text);
			}),
		);
	});

	test("refuses an edit of what it doesn't have", () => {
		const document = new TypedDocument("abc");
		expect(() => document.apply({ start: 1, removed: "x", inserted: "" })).toThrow(
			"something else at 1",
		);
	});
});

describe("an outcome", () => {
	const request: CompletionRequest = {
		...{ path: "a.ts", languageId: "typescript", text: "let a", offset: 5 },
		trigger: "automatic",
	};
	const shown = (start: number, end: number, insertText = "x"): CompletionOutcome => ({
		kind: "completion",
		completion: { insertText, replace: { start, end }, origin: "model" },
	});

	test("is text at the cursor or a reason of the closed union", () => {
		expect(problemOf(request, shown(5, 5))).toBeUndefined();
		expect(problemOf(request, { kind: "none", reason: "superseded" })).toBeUndefined();
	});

	test("is none where it is of another place, empty, or an unknown reason", () => {
		expect(problemOf(request, shown(1, 4))).toContain("replaces 1 to 4");
		expect(problemOf(request, shown(5, 6))).toContain("replaces 5 to 6");
		expect(problemOf(request, shown(5, 5, ""))).toContain("inserts nothing");
		const unknown: unknown = { kind: "none", reason: "tired" };
		expect(problemOf(request, unknown as CompletionOutcome)).toContain("tired");
	});

	test("is counted by its name, and a rejection is what must never be", () => {
		const ledger = new OutcomeLedger();
		for (const outcome of [shown(5, 5), shown(5, 5), shown(0, 1)]) {
			ledger.noteAsked();
			ledger.note(request, outcome);
		}
		ledger.noteAsked();
		ledger.noteRejected(new Error("broken"));
		expect([ledger.asked, ledger.ended, ledger.counts]).toEqual([4, 4, { "shown: model": 3 }]);
		expect(ledger.violations).toEqual([
			"A completion at 5 of 5 replaces 0 to 1.",
			"A request was rejected: Error: broken",
		]);
	});
});

describe("a clock that jumps", () => {
	test("wakes at once whoever would have woken meanwhile, and nobody else", async () => {
		const inner = new FakeClock();
		const clock = new JumpingClock(inner);
		const woken: string[] = [];
		void clock.sleep(2000).then(() => woken.push("later"));
		void clock.sleep(1000).then(() => woken.push("sooner"));
		void clock.sleep(5000).then(() => woken.push("last"));
		clock.jump(3000);
		await settle();
		expect(woken).toEqual(["sooner", "later"]);
		expect(clock.now()).toBe(3000);
		await inner.advance(2000);
		expect(woken).toEqual(["sooner", "later", "last"]);
		expect(inner.sleepers).toBe(0);
	});

	test("lets go of a sleeper whose signal aborts", async () => {
		const inner = new FakeClock();
		const clock = new JumpingClock(inner);
		const controller = new AbortController();
		const slept = clock.sleep(1000, controller.signal);
		controller.abort();
		await slept;
		await settle();
		expect(inner.sleepers).toBe(0);
	});
});

describe("what is logged", () => {
	test("is one sentence for messages that differ in names and figures", () => {
		const tally = new LogTally();
		tally.warn("/tmp/a/1.kv has 12 bytes");
		tally.warn("/tmp/b/2.kv has 7 bytes");
		expect(tally.sentences).toEqual([{ level: "warn", sentence: "PATH has N bytes", count: 2 }]);
	});

	test("is kept as it is where it tells of a bug", () => {
		const tally = new LogTally();
		tally.error("Learning failed because of a bug: Error: 12");
		expect(tally.bugs).toEqual(["Learning failed because of a bug: Error: 12"]);
		expect(generalized("a\nb")).toBe("a");
	});
});

const residentByKind: ResidentBytes = {
	...{ files: 60 * 2 ** 20, javaScript: 70 * 2 ** 20, mainHeap: 10 * 2 ** 20 },
	...{ arenas: 40 * 2 ** 20, otherAnonymous: 20 * 2 ** 20, shared: 0 },
};

describe("leaks", () => {
	const before: Resources = {
		...{ handles: { pipe: 19, "index.sqlite": 1 }, threads: 11, active: { PipeWrap: 2 } },
		...{ heapBytes: 50e6, heapTakenBytes: 60e6, residentBytes: 200e6, residentByKind },
	};

	test("are handles, threads and resources that are more than they were", () => {
		const after = {
			...before,
			...{ handles: { pipe: 20, "index.sqlite": 1 }, threads: 12 },
			active: { PipeWrap: 2, Timeout: 1 },
		};
		expect(leaksBetween(before, after)).toEqual([
			"Open handles (pipe): 19 before, 20 after the same work.",
			"Threads: 11 before, 12 after the same work.",
			"Active resources (Timeout): 0 before, 1 after the same work.",
		]);
	});

	test("are no handles that took the place of others", () => {
		const after = { ...before, handles: { pipe: 19, socket: 1 } };
		expect(leaksBetween(before, after)).toEqual([]);
	});

	test("are told by what is open", () => {
		using folder = new TemporaryFolder({ "an open file": "" });
		const handle = openSync(path.join(folder.path, "an open file"), "r");
		try {
			expect(openHandles()).toMatchObject({ "an open file": 1 });
		} finally {
			closeSync(handle);
		}
		expect(openHandles()).not.toHaveProperty("an open file");
	});

	test("are bytes beyond what compiled code and caches take", () => {
		expect(leaksBetween(before, { ...before, heapBytes: 51e6 })).toEqual([]);
		expect(leaksBetween(before, { ...before, heapBytes: 90e6 })).toHaveLength(1);
		expect(leaksBetween(before, { ...before, residentBytes: 900e6 })).toHaveLength(1);
	});

	test("show as a slope", () => {
		const points = [0, 1, 2, 3].map((x) => ({ x, y: 5 + 2 * x }));
		expect(slopeOf(points)).toBeCloseTo(2);
		expect(slopeOf([])).toBe(0);
	});
});

describe("damage", () => {
	test("changes a file or cuts it, and never lets it be as it was", async () => {
		for (let seed = 0; seed < 20; seed++) {
			const content = Buffer.alloc(500, "mote");
			using folder = new TemporaryFolder({ "some/file": content });
			const [file = ""] = await filesBelow(folder.path, /^file$/);
			const said = await damageFile(file, new Dice(seed));
			expect(readFileSync(file).equals(content), said).toBe(false);
			expect(said).toMatch(/file was cut from 500|bytes of file were changed/);
		}
	});

	test("of a model is gone when it is put back", async () => {
		const files = ["model.onnx", "weights.bin", "tokenizer.json", "mote-model.json", "README.md"];
		const all = ["base", "nano"].flatMap((model) =>
			files.map((file) => [`models/mote-${model}/${file}`, `${model} ${file}`] as const),
		);
		using source = new TemporaryFolder(Object.fromEntries(all));
		using target = new TemporaryFolder();
		const models = new ModelFiles(source.path, target.path);
		await models.copyAll();
		const read = async (): Promise<readonly (readonly [string, string])[]> =>
			(await filesBelow(target.path, /./)).map((file) => [
				path.relative(target.path, file),
				readFileSync(file, "utf8"),
			]);
		const whole = await read();
		for (const damage of modelDamages) {
			const putBack = await models.damage("base", damage, new Dice(3));
			expect(await read(), damage).not.toEqual(whole);
			await putBack();
			expect(await read(), damage).toEqual(whole);
		}
	});

	test("finds nothing in a folder that isn't there", async () => {
		using folder = new TemporaryFolder();
		mkdirSync(path.join(folder.path, "empty"));
		writeFileSync(path.join(folder.path, "a.kv"), "");
		expect(await filesBelow(path.join(folder.path, "none"), /./)).toEqual([]);
		expect(await filesBelow(folder.path, /\.kv$/)).toEqual([path.join(folder.path, "a.kv")]);
	});
});

describe("the report", () => {
	const resources: Resources = {
		...{ handles: { pipe: 20 }, threads: 11, active: {}, heapBytes: 50 * 2 ** 20 },
		...{ heapTakenBytes: 60 * 2 ** 20, residentBytes: 200 * 2 ** 20, residentByKind },
	};
	const kills = Array.from({ length: 100 }, (_, index) => ({
		kind: "engineKilled" as const,
		detail: "SIGKILL",
		recoveryMs: 10 * (index + 1),
	}));
	const findings: SoakFindings = {
		...{ date: "2026-01-01T00:00:00.000Z", model: "mote-base", seed: 1, minutes: 30 },
		machine: { processor: "A", instructionSets: ["avx2"], logicalCores: 2, platform: "linux/x64" },
		load: { before: 0, after: 1 },
		...{ keystrokes: 1000, shown: 10, taken: 2, restartsByHand: 3 },
		requests: { asked: 1000, ended: 1000, reported: 1000 },
		outcomes: { superseded: 990, "shown: model": 10 },
		faults: kills,
		left: [{ kind: "diskFull", why: "there is none" }],
		resources: {
			before: resources,
			after: { ...resources, residentByKind: { ...residentByKind, arenas: 140 * 2 ** 20 } },
		},
		samples: [0, 1, 2].map((thousands) => ({
			...{ keystrokes: 1000 * thousands, engineBytes: undefined },
			resources: { ...resources, residentBytes: (200 + 3 * thousands) * 2 ** 20 },
		})),
		network: { kind: "shared", why: "this system has no unshare" },
		log: [{ level: "warn", sentence: "a | b", count: 4 }],
		violations: [],
	};

	test("says how long kills took, what was left out, and that nothing was wrong", () => {
		const text = asMarkdown(findings);
		expect(text).toContain("| engineKilled | 100 | 500 | 950 | 1000 |");
		expect(text).toContain("p95 950 ms, asked for are 2000: met");
		expect(text).toContain("| diskFull | left out: there is none |");
		expect(text).toContain("Nothing that must never be was seen.");
		expect(text).toContain("a \\| b");
	});

	test("says where the memory lies that the process has, and how that grew", () => {
		const text = asMarkdown(findings);
		expect(text).toContain("| resident, MB | 200.0 | 200.0 | 3.00 |");
		expect(text).toContain(
			"| of which malloc, arenas of other threads, MB | 40.0 | 140.0 | 0.00 |",
		);
		expect(JSON.parse(asJson(findings))).toMatchObject({
			growthPerThousandKeystrokes: { residentMb: "3.00", arenasMb: "0.00", handles: "0.00" },
			resources: { before: { residentByKind: { files: 60 * 2 ** 20 } } },
		});
	});

	test("says what went to a network, or why that isn't known", () => {
		expect(asMarkdown(findings)).toContain("Not counted here: this system has no unshare.");
		expect(JSON.parse(asJson(findings))).toMatchObject({ network: { kind: "shared" } });
	});

	test("names what must never be, and a recovery that took too long", () => {
		const slow = kills.map((kill) => ({ ...kill, recoveryMs: 3000 }));
		const text = asMarkdown({
			...findings,
			faults: slow,
			violations: ["A process was left: node"],
		});
		expect(text).toContain("**missed**");
		expect(text).toContain("- A process was left: node");
	});
});
