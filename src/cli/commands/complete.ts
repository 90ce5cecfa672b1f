import { readFile, stat } from "node:fs/promises";
import { relative } from "node:path";
import { parseArgs } from "node:util";
import { assertNever } from "../../base/assert.ts";
import { UserError } from "../../base/userError.ts";
import type { CompletionConfig } from "../../completion/completionProvider.ts";
import { defaultCompletionConfig } from "../../completion/defaultConfig.ts";
import { numberOption, usageError, type Command } from "../command.ts";
import { openLocalCore, type Core } from "../core.ts";
import { defaultModel, modelFolderOf, userCacheFolder } from "../defaults.ts";
import { decodeStrictly, utf8 } from "../../context/files/encodings.ts";
import { languageIdOfPath } from "../../context/files/languageIds.ts";
import { offsetAt, parseLocation, type FileLocation } from "../location.ts";
import { KnownRepository } from "../knownRepository.ts";
import { serveCompletions } from "../serve.ts";

/** Larger files are not code that somebody types; the editor refuses them as well. */
const maxFileBytes = 16 * 2 ** 20;

export const completeCommand: Command = {
	summary: "prints the completion for a place in a file",
	usage: `mote complete <file>:<line>:<column> [--model <model>] [--gate <probability>]
mote complete --serve [--model <model>] [--gate <probability>]

Line and column count from 1. Prints the text to insert, or to stderr the reason for none.

  --model   base or nano, which ship, or a folder as mote import writes it (${defaultModel})
  --serve   answers {file, prefix, suffix} with {completion}, one JSON a line, until the input ends
  --gate    joint probability that shown text must hold (${defaultCompletionConfig.minJointProbability}); 0 shows everything`,

	async run(args) {
		const { values, positionals } = parseArgs({
			args: [...args],
			allowPositionals: true,
			options: {
				serve: { type: "boolean", default: false },
				model: { type: "string", default: defaultModel },
				gate: { type: "string" },
				threads: { type: "string" },
			},
		});
		const threads = numberOption("threads", values.threads, { min: 0, max: 256, fallback: 0 });
		const config: CompletionConfig = {
			...defaultCompletionConfig,
			debounceMs: 0,
			minJointProbability: numberOption("gate", values.gate, {
				min: 0,
				max: 1,
				fallback: defaultCompletionConfig.minJointProbability,
			}),
		};
		const [place] = positionals;
		if (positionals.length !== (values.serve ? 0 : 1)) {
			throw usageError("mote complete takes one <file>:<line>:<column>, or --serve.");
		}
		const location = place === undefined ? undefined : parseLocation(place);
		await using core = await openLocalCore({
			modelFolder: modelFolderOf(values.model),
			threads: threads === 0 ? undefined : threads,
			cacheFolder: userCacheFolder,
		});
		if (location === undefined) {
			await using repository = new KnownRepository(core.tokenizer, core.engine);
			const provider = core.createProvider({ collectContext: repository.collect });
			await serveCompletions(process.stdin, process.stdout, provider, config, (root) =>
				repository.open(root),
			);
			provider.dispose();
			return 0;
		}
		return await completeAt(location, core, config);
	},
};

async function completeAt(
	{ file, line, column }: FileLocation,
	core: Core,
	config: CompletionConfig,
): Promise<number> {
	const text = await readText(file);
	const offset = offsetAt(text, line - 1, column - 1);
	if (offset === undefined) {
		throw new UserError("badLocation", `${file} has fewer than ${line} lines.`);
	}
	const provider = core.createProvider();
	const outcome = await provider.provide(
		{
			path: relative(process.cwd(), file),
			languageId: languageIdOfPath(file),
			text,
			offset,
			trigger: "invoked",
		},
		config,
		new AbortController().signal,
	);
	provider.dispose();
	switch (outcome.kind) {
		case "completion":
			process.stdout.write(`${outcome.completion.insertText}\n`);
			return 0;
		case "none":
			process.stderr.write(`No completion: ${outcome.reason}.\n`);
			return 1;
		default:
			return assertNever(outcome);
	}
}

async function readText(file: string): Promise<string> {
	try {
		const { size } = await stat(file);
		if (size > maxFileBytes) {
			throw new UserError("unsuitableFile", `${file} has ${size} bytes, too many to complete in.`);
		}
		const text = decodeStrictly(await readFile(file), utf8);
		if (text === undefined) {
			throw new UserError("unsuitableFile", `${file} is no text in UTF-8; convert it first.`);
		}
		return text;
	} catch (cause) {
		if (cause instanceof UserError) {
			throw cause;
		}
		throw new UserError("unsuitableFile", `${file} can't be read; check its name.`, { cause });
	}
}
