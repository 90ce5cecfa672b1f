import { readFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { systemClock } from "../../base/clock.ts";
import { nullLogger } from "../../base/log.ts";
import { UserError } from "../../base/userError.ts";
import { openLocalEngine } from "../../engine/openLocalEngine.ts";
import type { ChatModel } from "../../languageModel/languageModel.ts";
import { engineChatModel } from "../../languageModel/local/engineChatModel.ts";
import { createRemoteServer } from "../../languageModel/remote/createRemoteServer.ts";
import { openModel } from "../../model/modelStore.ts";
import { createTokenizer } from "../../tokenizer/bpeTokenizer.ts";
import { chatOverLines } from "../chatLoop.ts";
import { numberOption, usageError, type Command } from "../command.ts";
import { userCacheFolder } from "../defaults.ts";

/** Where a server's key is taken from: arguments can be read by everybody on the machine. */
const keyVariable = "MOTE_SERVER_KEY";
const defaultAnswerTokens = 1024;

interface OpenChat extends AsyncDisposable {
	readonly model: ChatModel;
}

export const chatCommand: Command = {
	summary: "talks with a chat model, a line a question",
	usage: `mote chat --model <folder> [--threads <n>]
mote chat --server <URL> [--name <model>]

Each line of the input is a question; the answer is written as it comes. Ctrl+C stops an answer, /new begins
another conversation, the end of the input ends it.

  --model        folder of a model with a chat template, as written by mote import
  --server       a server that speaks the OpenAI protocol; its key, if it wants one, in ${keyVariable}
  --name         what the server calls the model; the first that it lists unless given
  --system       first message of the conversation
  --temperature  0 always gives the likeliest answer (0.7)
  --max-tokens   most tokens of an answer (${defaultAnswerTokens})`,

	async run(args) {
		const { values } = parseArgs({
			args: [...args],
			options: {
				model: { type: "string" },
				server: { type: "string" },
				name: { type: "string", default: "" },
				system: { type: "string", default: "" },
				temperature: { type: "string" },
				"max-tokens": { type: "string" },
				threads: { type: "string" },
			},
		});
		const { model: folder, server } = values;
		if ((folder === undefined) === (server === undefined)) {
			throw usageError("mote chat takes either --model or --server.");
		}
		const number = (
			name: "temperature" | "max-tokens" | "threads",
			max: number,
			fallback: number,
		) => numberOption(name, values[name], { min: 0, max, fallback });
		const temperature = number("temperature", 2, 0.7);
		const maxTokens = Math.max(1, number("max-tokens", 1_000_000, defaultAnswerTokens));
		const threads = Math.floor(number("threads", 256, 0));
		await using chat =
			server === undefined
				? await openLocalChat(folder ?? "", threads === 0 ? undefined : threads)
				: openRemoteChat(server, values.name);
		const unanswered = await chatOverLines({
			model: chat.model,
			input: process.stdin,
			output: process.stdout,
			notices: process.stderr,
			isTerminal: process.stdin.isTTY && process.stderr.isTTY,
			system: values.system,
			maxAnswerTokens: Math.min(
				Math.floor(maxTokens),
				Math.floor(chat.model.description.contextTokens / 2),
			),
			temperature,
			onInterrupt: (listener) => {
				process.on("SIGINT", listener);
				return () => process.off("SIGINT", listener);
			},
		});
		return unanswered === 0 ? 0 : 1;
	},
};

async function openLocalChat(folder: string, threads: number | undefined): Promise<OpenChat> {
	const { engine } = await openLocalEngine({
		modelFolder: folder,
		threads,
		clock: systemClock,
		cacheFolder: userCacheFolder,
	});
	try {
		// The engine has checked every byte.
		const { manifest, tokenizerPath } = await openModel(folder, { verify: "sizes" });
		const tokenizer = createTokenizer(await readFile(tokenizerPath, "utf8"));
		const model = engineChatModel({ engine, tokenizer, manifest, clock: systemClock });
		if (model === undefined) {
			throw new UserError(
				"unsuitableModel",
				`The model ${manifest.name} has no chat template; import one from a checkpoint that has, or name a server with --server.`,
			);
		}
		return { model, [Symbol.asyncDispose]: () => engine.dispose() };
	} catch (error) {
		await engine.dispose();
		throw error;
	}
}

function openRemoteChat(address: string, name: string): OpenChat {
	const server = createRemoteServer({
		address,
		model: name,
		kind: "auto",
		key: () => Promise.resolve(process.env[keyVariable]),
		fetch: globalThis.fetch,
		clock: systemClock,
		logger: nullLogger,
		onDidChangeHealth: () => undefined,
	});
	if (server.warning !== undefined) {
		process.stderr.write(`${server.warning}\n`);
	}
	return {
		model: server.chat,
		[Symbol.asyncDispose]: () => {
			server.dispose();
			return Promise.resolve();
		},
	};
}
