import { Worker } from "node:worker_threads";
import { interpreted } from "../base/interpreted.ts";
import { UserError } from "../base/userError.ts";
import { tokenizerOf } from "./bpeTokenizer.ts";
import type { Tokenizer } from "./tokenizer.ts";
import type { TokenizerErrorCode } from "./tokenizerFile.ts";
import { tokenizerReplySchema } from "./tokenizerMessages.ts";

/**
 * Reads a `tokenizer.json` in a thread of its own, which ends with it: to check and sort 16,384 tokens takes
 * 0.17 s, in which nobody could type, and published models have ten times as many.
 *
 * @param entryPoint `tokenizer/tokenizerWorker.ts`, or the bundle that was made of it
 * @throws UserError "tokenizerInvalid" as createTokenizer does
 */
export async function loadTokenizer(
	entryPoint: string | URL,
	tokenizerPath: string,
): Promise<Tokenizer> {
	const reply = tokenizerReplySchema().parse(
		await askOnce(entryPoint, { tokenizerPath }),
		interpreted,
	);
	if (reply.kind === "refused") {
		throw new UserError<TokenizerErrorCode>("tokenizerInvalid", reply.sentence);
	}
	return tokenizerOf(reply.tables);
}

/** The first message of a worker thread. */
function askOnce(entryPoint: string | URL, workerData: object): Promise<unknown> {
	return new Promise((resolve, reject) => {
		const worker = new Worker(entryPoint, { workerData, name: "mote tokenizer" });
		worker.once("message", resolve);
		worker.once("error", reject);
		worker.once("exit", (code) => {
			reject(new Error(`The thread that reads the tokenizer ended with ${code} and no answer.`));
		});
	});
}
