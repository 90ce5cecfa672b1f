import { describe, expect, test } from "vitest";
import { uncountedUsage, type InfillModel } from "../../../src/languageModel/languageModel.ts";
import { check, CompletionBench } from "../../support/completionBench.ts";
import { settle } from "../../support/fakeClock.ts";
import { ScriptedInfill } from "../../support/scriptedInfill.ts";

describe("what is known already", () => {
	async function shownOnce(fixture: string, answer: string): Promise<CompletionBench> {
		const bench = new CompletionBench();
		bench.engine.enqueue({ kind: "answer", text: answer });
		await bench.provide(fixture);
		return bench;
	}

	async function origins(bench: CompletionBench, ...fixtures: string[]): Promise<string[]> {
		const seen: string[] = [];
		for (const fixture of fixtures) {
			const outcome = await bench.provide(fixture);
			seen.push(
				outcome.kind === "completion"
					? `${outcome.completion.origin}: ${outcome.completion.insertText}`
					: outcome.reason,
			);
		}
		return seen;
	}

	test("typing as suggested, going back, and accepting a part never ask the engine", async () => {
		const bench = await shownOnce("a();\n║\n", "const b = 1;");
		expect(
			await origins(
				bench,
				"a();\nc║\n",
				"a();\nco║\n",
				"a();\nc║\n",
				"a();\n║\n",
				"a();\nconst ║\n",
				"a();\nconst b = 1║\n",
			),
		).toEqual([
			"typingAsSuggested: onst b = 1;",
			"typingAsSuggested: nst b = 1;",
			"typingAsSuggested: onst b = 1;",
			"cache: const b = 1;",
			"typingAsSuggested: b = 1;",
			"typingAsSuggested: ;",
		]);
		expect(bench.engine.requests.length).toBe(1);
	});

	test("whoever wants another amount of ghost text gets none that was meant for the old one", async () => {
		const bench = await shownOnce("a();\n║\n", "const b = 1;");
		bench.engine.enqueue({ kind: "answer", text: "let c;" });
		const outcome = await bench.provide("a();\n║\n", {}, { minJointProbability: 0.9 });
		expect(outcome).toMatchObject({ completion: { insertText: "let c;", origin: "model" } });
		expect(bench.engine.requests.length).toBe(2);
	});

	test("brackets that the editor closes don't end it", async () => {
		const bench = await shownOnce("foo║\n", "(a, b);");
		expect(await origins(bench, "foo(║)\n")).toEqual(["typingAsSuggested: a, b);"]);
		expect(await bench.documentAfter("foo(║)\n")).toBe("foo(├a, b);┤\n");
	});

	test("a different key, a different text around, and a different file do ask", async () => {
		const bench = await shownOnce("a();\n║\n", "const b = 1;");
		const other = { kind: "answer", text: "x" } as const;
		bench.engine.enqueue(other, other, other, other);
		await origins(bench, "a();\nl║\n", "b();\n║\n", "a();\n║\nc();\n", "//- /b.ts\na();\n║\n");
		expect(bench.engine.requests.length).toBe(5);
	});

	test("a short file isn't found again within another text", async () => {
		const bench = await shownOnce("a║", "();");
		bench.engine.enqueue({ kind: "answer", text: ".b" });
		expect(await origins(bench, "c\na║")).toEqual(["model: .b"]);
	});

	test("an edit further up doesn't matter where the cursor is the same", async () => {
		const above = "// x\n".repeat(400);
		const bench = await shownOnce(`${above}a();\n║\n`, "const b = 1;");
		expect(await origins(bench, `1\n${above}a();\n║\n`)).toEqual(["cache: const b = 1;"]);
	});
});

describe("requests in flight", () => {
	test("an answer of which hardly anything is left is asked for anew", async () => {
		const bench = new CompletionBench();
		bench.engine.enqueue({ kind: "hold", text: "con", then: "st" });
		bench.engine.enqueue({ kind: "answer", text: "t b = 1;" });
		const first = bench.provide("a();\n║\n");
		await settle();
		const second = bench.provide("a();\ncons║\n");
		await settle();
		await bench.engine.release();
		expect([await first, await second]).toMatchObject([
			{ reason: "superseded" },
			{ completion: { insertText: "t b = 1;", origin: "model" } },
		]);
	});

	test("the next key joins an answer that agrees with it", async () => {
		const bench = new CompletionBench();
		bench.engine.enqueue({ kind: "hold", text: "con", then: "st b = 1;" });
		const first = bench.provide("a();\n║\n");
		await settle();
		const second = bench.provide("a();\ncons║\n");
		await settle();
		await bench.engine.release();
		expect([await first, await second]).toMatchObject([
			{ reason: "superseded" },
			{ completion: { insertText: "t b = 1;", origin: "inFlight" } },
		]);
		expect(bench.engine.requests.length).toBe(1);
		expect(bench.traces.map(({ stats }) => stats !== undefined)).toEqual([false, true]);
	});

	test("a key that disagrees ends it and asks anew", async () => {
		const bench = new CompletionBench();
		bench.engine.enqueue({ kind: "hold", text: "con" }, { kind: "answer", text: "et c = 2;" });
		const first = bench.provide("a();\n║\n");
		await settle();
		const second = bench.documentAfter("a();\nl║\n");
		expect([await first, await second]).toMatchObject([
			{ reason: "superseded" },
			"a();\nl├et c = 2;┤\n",
		]);
		expect(bench.engine.ends).toEqual(["aborted", "stop"]);
	});

	test("an answer that comes to disagree is left", async () => {
		const bench = new CompletionBench();
		bench.engine.enqueue(
			{ kind: "hold", text: "c", then: "all();" },
			{ kind: "answer", text: "nst b = 1;" },
		);
		void bench.provide("a();\n║\n");
		await settle();
		const second = bench.documentAfter("a();\nco║\n");
		await settle();
		await bench.engine.release();
		expect(await second).toBe("a();\nco├nst b = 1;┤\n");
	});

	test("a cancelled request ends at once, and the engine soon after", async () => {
		const bench = new CompletionBench();
		bench.engine.enqueue({ kind: "hold", text: "con" });
		const controller = new AbortController();
		const outcome = bench.provide("a();\n║\n", {}, {}, controller.signal);
		await settle();
		controller.abort();
		expect(await outcome).toEqual({ kind: "none", reason: "cancelled" });
		expect(bench.engine.ends).toEqual([]);
		await bench.clock.advance(250);
		expect(bench.engine.ends).toEqual(["aborted"]);
	});

	test("an answer that is being stopped is not waited for", async () => {
		const stopped = Promise.withResolvers<undefined>();
		let timesAsked = 0;
		const slowToStop: InfillModel = {
			description: new ScriptedInfill().description,
			async *infill() {
				timesAsked++;
				yield { text: "con", logProbability: undefined };
				await stopped.promise;
				return { end: "cancelled", usage: uncountedUsage };
			},
		};
		const bench = new CompletionBench({
			server: () => (timesAsked === 0 ? slowToStop : undefined),
		});
		bench.engine.enqueue({ kind: "answer", text: "onst b = 1;" });
		const controller = new AbortController();
		const outcome = bench.provide("a();\n║\n", {}, {}, controller.signal);
		await settle();
		controller.abort();
		await outcome;
		await bench.clock.advance(250);
		expect(await bench.documentAfter("a();\nc║\n")).toBe("a();\nc├onst b = 1;┤\n");
		stopped.resolve(undefined);
	});

	test("a cursor in an unsuitable place stops the engine", async () => {
		const bench = new CompletionBench();
		bench.engine.enqueue({ kind: "hold", text: "con" });
		void bench.provide("a();\n║\n");
		await settle();
		await bench.provide("a║();\n\n");
		await settle();
		expect(bench.engine.ends).toEqual(["aborted"]);
	});

	test("a request that the engine replaced by another says so", () =>
		check("║", { kind: "answer", text: "", finishReason: "superseded" }, { none: "superseded" }));

	test("dispose stops the engine", async () => {
		const bench = new CompletionBench();
		bench.engine.enqueue({ kind: "hold", text: "con" });
		void bench.provide("a();\n║\n");
		await settle();
		bench.provider.dispose();
		await settle();
		expect(bench.engine.ends).toEqual(["aborted"]);
	});
});
