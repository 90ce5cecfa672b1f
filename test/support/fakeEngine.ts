import { LocalEngine, type LocalEngineOptions } from "../../src/engine/localEngine.ts";
import { VocabularyIndex, vocabularyTable } from "../../src/tokenizer/vocabularyIndex.ts";
import { FakeBackend, type FakeBackendOptions } from "./fakeBackend.ts";
import { FakeClock } from "./fakeClock.ts";

/**
 * The vocabulary of the fake models: token n stands for the letter `a` + n mod 16, and from 16 on for that
 * letter twice. 0 is a special token without text.
 */
export const fakeVocabulary = new VocabularyIndex(
	vocabularyTable(
		Array.from({ length: 32 }, (_, token) => {
			const letter = 97 + (token % 16);
			return Uint8Array.from(token === 0 ? [] : token < 16 ? [letter] : [letter, letter]);
		}),
	),
);

export interface FakeEngine {
	readonly engine: LocalEngine;
	readonly backend: FakeBackend;
}

/** A real engine over a {@link FakeBackend}. Its passes take no time, unless there is a clock that says so. */
export function fakeEngine(
	backendOptions: FakeBackendOptions = {},
	options: Partial<LocalEngineOptions> = {},
): FakeEngine {
	const backend = new FakeBackend(backendOptions);
	const engine = new LocalEngine({
		backend,
		vocabulary: fakeVocabulary,
		clock: new FakeClock(),
		...options,
	});
	return { engine, backend };
}
