import { readFile } from "node:fs/promises";
import path from "node:path";
import { expect, test } from "vitest";
import { nullLogger } from "../../src/base/log.ts";
import { createCompletionProvider } from "../../src/completion/createCompletionProvider.ts";
import { defaultCompletionConfig } from "../../src/completion/defaultConfig.ts";
import type { WindowStorage } from "../../src/completion/recentPieces.ts";
import { noContext, type CollectedContext } from "../../src/context/contextEngine.ts";
import type { GenerateStats } from "../../src/engine/engine.ts";
import { openLocalEngine } from "../../src/engine/openLocalEngine.ts";
import { LocalSyntax } from "../../src/context/syntax/localSyntax.ts";
import { openModel } from "../../src/model/modelStore.ts";
import { createTokenizer } from "../../src/tokenizer/bpeTokenizer.ts";
import { grammarFiles } from "../support/grammarFiles.ts";
import { patientClock } from "../support/patientClock.ts";
import { TemporaryFolder } from "../support/temporaryFolder.ts";

const modelFolder = path.join(import.meta.dirname, "../../models/mote-nano");

/** Related code that is another in each window, as what was edited before is forgotten. */
function contextOf(window: number): CollectedContext {
	const lines = { startLine: 0, endLine: 3 };
	const text = `export function helper${window}(value: number): number {\n\treturn value * ${window};\n}\n`;
	return {
		...noContext,
		pieces: [
			{
				...lines,
				path: "helper.ts",
				ranges: [lines],
				text,
				reason: "import",
				score: 1,
				tokens: 40,
			},
		],
		answer: window,
		statistics: { ...noContext.statistics, isAborted: false },
	};
}

/** Opens a window on the bundled model, asks at the end of each of `texts` in turn, and closes it. */
async function askInWindow(
	window: number,
	snapshotFolder: string,
	piecesStorage: WindowStorage,
	...texts: readonly string[]
): Promise<readonly (GenerateStats | undefined)[]> {
	const { manifest, tokenizerPath } = await openModel(modelFolder);
	const options = { modelFolder, threads: 1, snapshotFolder, clock: patientClock };
	const { engine } = await openLocalEngine(options);
	const syntax = new LocalSyntax(grammarFiles);
	const finished: (GenerateStats | undefined)[] = [];
	const heard = new EventTarget();
	const provider = createCompletionProvider({
		engine,
		tokenizer: createTokenizer(await readFile(tokenizerPath, "utf8")),
		manifest,
		syntax,
		piecesStorage,
		collectContext: () => Promise.resolve(contextOf(window)),
		clock: patientClock,
		logger: nullLogger,
		onDidFinish: (_outcome, stats) => {
			finished.push(stats);
			heard.dispatchEvent(new Event("finished"));
		},
	});
	for (const text of texts) {
		const end = new Promise((resolve) => {
			heard.addEventListener("finished", resolve, { once: true });
		});
		await provider.provide(
			{ path: "main.ts", languageId: "typescript", text, offset: text.length, trigger: "invoked" },
			defaultCompletionConfig,
			new AbortController().signal,
		);
		await end;
	}
	provider.dispose();
	await engine.dispose();
	await syntax.dispose();
	return finished;
}

test("a window opened again on the same file reads at most 64 tokens before its first ghost text", async () => {
	using folder = new TemporaryFolder();
	let stored: unknown;
	const storage = { read: () => stored, write: (value: unknown) => void (stored = value) };
	const body = Array.from(
		{ length: 60 },
		(_, i) => `export const value${i} = compute(${i}, "${i * 7919}");`,
	).join("\n");
	const text = `${body}\n\nexport function total(): number {\n\treturn value1 + `;

	const [first] = await askInWindow(1, folder.path, storage, text);
	expect(first?.prefilledTokens).toBe(first?.promptTokens);
	expect(first?.promptTokens).toBeGreaterThan(500);

	const [same, typed, nextLine] = await askInWindow(
		2,
		folder.path,
		storage,
		text,
		`${text}value2 + val`,
		`${text}value2 + value3;\n}\n\nexport const`,
	);
	expect(same).toMatchObject({ promptTokens: first?.promptTokens, prefilledTokens: 0 });
	expect(typed?.prefilledTokens).toBeLessThanOrEqual(64);
	// On the next line this window's own related code stands in the prompt.
	expect(nextLine?.prefilledTokens).toBeGreaterThan(500);

	const [typedAtOnce] = await askInWindow(
		3,
		folder.path,
		storage,
		`${text}value2 + value3;\n}\n\nexport const name =`,
	);
	expect(typedAtOnce?.promptTokens).toBeGreaterThan(500);
	expect(typedAtOnce?.prefilledTokens).toBeLessThanOrEqual(64);
});
