import type { Engine } from "../../src/engine/engine.ts";
import { LocalEngine } from "../../src/engine/localEngine.ts";
import type { ModelManifest } from "../../src/model/manifest.ts";
import { systemClock } from "../../src/base/clock.ts";
import type { EngineModelParts } from "../../src/languageModel/local/engineAnswer.ts";
import type { TokenId } from "../../src/tokenizer/tokenizer.ts";
import type { ModelScript, ScriptedModel } from "../contract/languageModel.ts";
import { eventually } from "./eventually.ts";
import { failedPass, FakeBackend } from "./fakeBackend.ts";
import { chatManifest, testTokenizer } from "./testModel.ts";

interface Asked {
	readonly prompt: readonly TokenId[];
	readonly script: ModelScript;
	/** One for each byte, so that characters come in parts. */
	readonly answer: readonly TokenId[];
}

const vocabulary = testTokenizer.vocabulary;
const endOfText = testTokenizer.specialToken("<|endoftext|>");
const decoder = new TextDecoder();

/** A local language model on a real engine, whose backend has no weights but writes by scripts. */
export function scriptedLocalModel<Model>(
	create: (parts: EngineModelParts<ModelManifest>) => Model,
): ScriptedModel<Model> {
	const scripts: ModelScript[] = [];
	const asked: Asked[] = [];
	let running = 0;
	const backend = new FakeBackend({
		vocabularySize: testTokenizer.vocabularySize,
		contextLength: 200_000,
		predict: (history) => logitsFor(nextToken(asked, history)),
	});
	const local = new LocalEngine({ backend, vocabulary, clock: systemClock });
	const engine: Pick<Engine, "generate"> = {
		async *generate(request, signal, onPrefill) {
			const script = scripts.shift();
			if (script === undefined) {
				throw new Error("the model was asked more often than the scripts say");
			}
			const healed = decoder.decode(request.healBytes ?? new Uint8Array());
			// A model always answers a prompt in the same way, and the engine relies on it.
			const prompt = [...byteTokens(String.fromCharCode(asked.length)), ...request.prompt];
			asked.push({ prompt, script, answer: byteTokens(healed + script.text) });
			running++;
			try {
				return yield* local.generate({ ...request, prompt }, signal, onPrefill);
			} finally {
				running--;
			}
		},
	};
	const manifest = { ...chatManifest, contextLength: 200_000, trainedContextLength: 200_000 };
	return {
		model: create({ engine, tokenizer: testTokenizer, manifest, clock: systemClock }),
		script: (...more) => void scripts.push(...more),
		idle: () => eventually(() => running === 0),
		close: () => local.dispose(),
	};
}

/** What the request with this prompt writes after `history`; undefined at its end. */
function nextToken(asked: readonly Asked[], history: readonly TokenId[]): TokenId | undefined {
	const current = asked.find(({ prompt }) =>
		prompt.every((token, position) => history[position] === token),
	);
	const at = history.length - (current?.prompt.length ?? 0);
	if (current === undefined || at < current.answer.length) {
		return current?.answer[at];
	}
	switch (current.script.kind) {
		case "answer":
			return undefined;
		case "endless":
			return byteTokens(".")[0];
		case "fail":
			throw failedPass();
	}
}

function byteTokens(text: string): readonly TokenId[] {
	return Array.from(Buffer.from(text), (byte) => {
		const token = vocabulary.tokenOf(String.fromCharCode(byte));
		if (token === undefined) {
			throw new Error("every byte is a token");
		}
		return token;
	});
}

function logitsFor(token: TokenId | undefined): Float32Array {
	const logits = new Float32Array(testTokenizer.vocabularySize);
	logits[token ?? endOfText ?? 0] = 20;
	return logits;
}
