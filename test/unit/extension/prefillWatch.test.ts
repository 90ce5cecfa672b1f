import { expect, test } from "vitest";
import type {
	Engine,
	GeneratedToken,
	GenerateRequest,
	GenerateResult,
	PrefillListener,
	PrefillProgress,
} from "../../../src/engine/engine.ts";
import { PrefillWatch } from "../../../src/extension/prefillWatch.ts";
import { request } from "../../support/engineRequests.ts";
import { FakeClock, settle } from "../../support/fakeClock.ts";

const result: GenerateResult = {
	finishReason: "length",
	stats: {
		promptTokens: 0,
		isStandIn: false,
		reusedTokens: 0,
		prefilledTokens: 0,
		generatedTokens: 0,
		draftedTokens: 0,
		acceptedTokens: 0,
		decodePasses: 0,
		queuedMs: 0,
		firstTokenMs: undefined,
		totalMs: 0,
		adaptation: undefined,
	},
};

/** An engine that reads as far as it is told, and ends when it is told. */
class ReadingEngine implements Engine {
	report: PrefillListener = () => undefined;
	readonly end = Promise.withResolvers<undefined>();

	async *generate(
		_request: GenerateRequest,
		_signal: AbortSignal,
		onPrefill?: PrefillListener,
	): AsyncGenerator<readonly GeneratedToken[], GenerateResult, void> {
		this.report = onPrefill ?? this.report;
		await this.end.promise;
		yield [];
		return result;
	}

	dispose(): Promise<void> {
		return Promise.resolve();
	}
}

function watched() {
	const clock = new FakeClock();
	const shown: (PrefillProgress | undefined)[] = [];
	const watch = new PrefillWatch({ clock, onDidChange: (progress) => shown.push(progress) });
	const start = async (): Promise<{ engine: ReadingEngine; end: () => Promise<void> }> => {
		const engine = new ReadingEngine();
		const tokens = watch.watch(engine).generate(request(), new AbortController().signal);
		const first = tokens.next();
		await settle();
		return {
			engine,
			end: async () => {
				engine.end.resolve(undefined);
				await first;
				await tokens.next();
			},
		};
	};
	return { clock, shown, start };
}

const read = (readTokens: number): PrefillProgress => ({ promptTokens: 100, readTokens });

test("a prompt that is read within a second is not shown", async () => {
	const { clock, shown, start } = watched();
	const { engine, end } = await start();
	engine.report(read(0));
	await clock.advance(900);
	engine.report(read(100));
	await clock.advance(900);
	await end();
	expect(shown).toEqual([]);
});

test("a prompt that takes longer is shown until it is read", async () => {
	const { clock, shown, start } = watched();
	const { engine, end } = await start();
	engine.report(read(0));
	engine.report(read(10));
	await clock.advance(1000);
	engine.report(read(60));
	engine.report(read(100));
	await end();
	expect(shown).toEqual([read(10), read(60), undefined]);
});

test("a request that ends while its prompt is read is shown no more", async () => {
	const { clock, shown, start } = watched();
	const { engine, end } = await start();
	engine.report(read(10));
	await clock.advance(1000);
	await end();
	expect(shown).toEqual([read(10), undefined]);
});

test("of two long prompts the later is shown, and then the other again", async () => {
	const { clock, shown, start } = watched();
	const first = await start();
	first.engine.report(read(10));
	const second = await start();
	second.engine.report(read(20));
	await clock.advance(1000);
	shown.length = 0;
	second.engine.report(read(30));
	await second.end();
	await first.end();
	expect(shown).toEqual([read(30), read(10), undefined]);
});
