import { expect } from "vitest";
import type { Logger } from "../../src/base/log.ts";
import { nullLogger } from "../../src/base/log.ts";
import { createCompletionProvider } from "../../src/completion/createCompletionProvider.ts";
import type {
	CompletionConfig,
	CompletionOutcome,
	CompletionProvider,
	CompletionRequest,
} from "../../src/completion/completionProvider.ts";
import type { CompletionTrace } from "../../src/completion/completionTrace.ts";
import type { GenerateStats } from "../../src/engine/engine.ts";
import type { SyntaxService } from "../../src/context/syntax/syntaxService.ts";
import { LocalSyntax } from "../../src/context/syntax/localSyntax.ts";
import type { InfillModel } from "../../src/languageModel/languageModel.ts";
import { FakeClock } from "./fakeClock.ts";
import { cursorFile } from "./fixture.ts";
import { grammarFiles } from "./grammarFiles.ts";
import { ScriptedEngine, type EngineScript } from "./scriptedEngine.ts";
import { testManifest, testTokenizer } from "./testModel.ts";

/** Settings as a test wants them: no wait, and whatever the engine says. */
const testConfig: CompletionConfig = {
	debounceMs: 0,
	maxPromptTokens: 1000,
	maxNewTokens: 128,
	multiline: "auto",
	minJointProbability: 0.7,
	inComments: true,
	adaptation: false,
	repositoryContext: false,
	inStrings: true,
};

const realSyntax = new LocalSyntax(grammarFiles);

export interface CompletionBenchParts {
	readonly syntax?: SyntaxService;
	readonly server?: () => InfillModel | undefined;
}

/** The whole pipeline with real parts, but for the engine and the clock. */
export class CompletionBench {
	readonly engine = new ScriptedEngine(testTokenizer);
	readonly clock = new FakeClock();
	readonly traces: {
		outcome: CompletionOutcome;
		stats: GenerateStats | undefined;
		trace: CompletionTrace;
	}[] = [];
	readonly log: string[] = [];
	readonly provider: CompletionProvider;

	constructor({ syntax = realSyntax, server }: CompletionBenchParts = {}) {
		const logger: Logger = {
			...nullLogger,
			warn: (message) => this.log.push(message),
			error: (message) => this.log.push(message),
		};
		this.provider = createCompletionProvider({
			engine: this.engine,
			tokenizer: testTokenizer,
			manifest: testManifest,
			syntax,
			...(server === undefined ? {} : { server }),
			clock: this.clock,
			logger,
			onDidFinish: (outcome, stats, trace) => this.traces.push({ outcome, stats, trace }),
		});
	}

	provide(
		fixture: string,
		request: Partial<CompletionRequest> = {},
		config: Partial<CompletionConfig> = {},
		signal = new AbortController().signal,
	): Promise<CompletionOutcome> {
		return this.provider.provide(
			requestFor(fixture, request),
			{ ...testConfig, ...config },
			signal,
		);
	}

	/** Says that somebody may type at the cursor of `fixture` soon. */
	prepare(fixture: string, signal = new AbortController().signal): Promise<void> {
		return this.provider.prepare(requestFor(fixture, {}), testConfig, signal);
	}

	/** The document after the completion for `fixture`, or the outcome where there is none. */
	async documentAfter(
		fixture: string,
		request: Partial<CompletionRequest> = {},
		config: Partial<CompletionConfig> = {},
	): Promise<string | { readonly none: string }> {
		return applied(requestFor(fixture, request), await this.provide(fixture, request, config));
	}
}

const languageIds: Readonly<Record<string, string>> = {
	ts: "typescript",
	tsx: "typescriptreact",
	py: "python",
	txt: "plaintext",
};

function requestFor(fixture: string, request: Partial<CompletionRequest>): CompletionRequest {
	const { path, text, offset } = cursorFile(fixture);
	const extension = path.slice(path.lastIndexOf(".") + 1);
	const languageId = languageIds[extension] ?? "typescript";
	return { path, languageId, text, offset, trigger: "automatic", ...request };
}

/** The document with the completion applied; `├…┤` marks what was inserted. */
export function applied(
	{ text }: CompletionRequest,
	outcome: CompletionOutcome,
): string | { readonly none: string } {
	if (outcome.kind === "none") {
		return { none: outcome.reason };
	}
	const { insertText, replace } = outcome.completion;
	return `${text.slice(0, replace.start)}├${insertText}┤${text.slice(replace.end)}`;
}

/** Checks what the document is when the engine answers `answer` (a script, or a text and the end). */
export async function check(
	fixture: string,
	answer: string | EngineScript,
	expected: string | { readonly none: string },
	request: Partial<CompletionRequest> = {},
	config: Partial<CompletionConfig> = {},
): Promise<void> {
	const bench = new CompletionBench();
	bench.engine.enqueue(typeof answer === "string" ? { kind: "answer", text: answer } : answer);
	expect(await bench.documentAfter(fixture, request, config)).toEqual(expected);
}
