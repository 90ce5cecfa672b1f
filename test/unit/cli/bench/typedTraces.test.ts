import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { readTraces } from "../../../../src/cli/bench/traceFolder.ts";
import type { ObservedOutcome } from "../../../../src/cli/bench/typingScenario.ts";
import { replayTyping } from "../../../../src/cli/bench/typingScenario.ts";
import { nullLogger } from "../../../../src/base/log.ts";
import { createCompletionProvider } from "../../../../src/completion/createCompletionProvider.ts";
import { defaultCompletionConfig } from "../../../../src/completion/defaultConfig.ts";
import { LocalSyntax } from "../../../../src/context/syntax/localSyntax.ts";
import { bundledModelFolders } from "../../../../src/model/bundledModel.ts";
import { openModel } from "../../../../src/model/modelStore.ts";
import { createTokenizer } from "../../../../src/tokenizer/bpeTokenizer.ts";
import { FakeClock } from "../../../support/fakeClock.ts";
import { fakeEngine } from "../../../support/fakeEngine.ts";
import { grammarFiles } from "../../../support/grammarFiles.ts";

const inRepository = (path: string): string =>
	fileURLToPath(new URL(`../../../../${path}`, import.meta.url));

/**
 * Replays the traces of the benchmark with the prompts of the model that ships, over an engine without weights whose answers end
 * at once: what is counted is what a key has the engine read, which is most of what a person waits for.
 */
async function countsOf(pausesAreLong: boolean) {
	const { manifest, tokenizerPath } = await openModel(inRepository(bundledModelFolders.base), {
		verify: "sizes",
	});
	const tokenizer = createTokenizer(readFileSync(tokenizerPath, "utf8"));
	const { vocabularySize, contextLength } = manifest;
	const unsure = new Float32Array(vocabularySize);
	const { engine } = fakeEngine(
		{ vocabularySize, contextLength, stopsWithinPass: true, predict: () => unsure },
		{ vocabulary: tokenizer.vocabulary },
	);
	let observe: ((observed: ObservedOutcome) => void) | undefined;
	const clock = new FakeClock();
	const syntax = new LocalSyntax(grammarFiles, { clock });
	const provider = createCompletionProvider({
		...{ engine, tokenizer, manifest, clock, logger: nullLogger },
		syntax,
		onDidFinish: (outcome, stats) => observe?.({ outcome, stats }),
	});
	const most: number[] = [];
	const report = await replayTyping(
		await readTraces(inRepository("bench/traces")),
		{
			provide: async (request, config) => {
				const observed = new Promise<ObservedOutcome>((resolve) => (observe = resolve));
				const outcome = await provider.provide(request, config, new AbortController().signal);
				const { stats } = await observed;
				most.push(stats?.prefilledTokens ?? 0);
				return { outcome, answeredAtMs: clock.now(), stats };
			},
			settled: () => (pausesAreLong ? provider.settled() : Promise.resolve()),
		},
		{ ...defaultCompletionConfig, debounceMs: 0 },
		clock,
	);
	provider.dispose();
	await engine.dispose();
	await syntax.dispose();
	return { report, most: Math.max(...most) };
}

test("a key has few tokens read, and none has more read than a person doesn't notice", async () => {
	const { report, most } = await countsOf(true);
	expect(report.prefilledTokensPerKeystroke.p50).toBeLessThanOrEqual(1);
	expect(report.prefilledTokensPerKeystroke.p95).toBeLessThanOrEqual(4);
	expect(report.prefilledTokensPerEdit.p50).toBeLessThanOrEqual(3);
	expect(report.prefilledTokensPerEdit.p95).toBeLessThanOrEqual(110);
	expect(most).toBeLessThanOrEqual(128);
});

test("that holds for whoever leaves the engine no time between two keys", async () => {
	const { report, most } = await countsOf(false);
	expect(report.prefilledTokensPerKeystroke.p95).toBeLessThanOrEqual(4);
	expect(report.prefilledTokensPerEdit.p95).toBeLessThanOrEqual(110);
	expect(most).toBeLessThanOrEqual(128);
});
