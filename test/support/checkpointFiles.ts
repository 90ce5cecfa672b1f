import { readFileSync } from "node:fs";
import path from "node:path";
import { writeRandomCheckpoint, type RandomCheckpointOptions } from "./randomCheckpoint.ts";
import { TemporaryFolder } from "./temporaryFolder.ts";

/** The files of a random checkpoint, as a hub serves them. */
export async function checkpointFiles(
	options: RandomCheckpointOptions = {},
): Promise<Readonly<Record<string, Uint8Array>>> {
	using folder = new TemporaryFolder();
	await writeRandomCheckpoint(folder.path, options);
	return Object.fromEntries(
		folder.list().map((name) => [name, readFileSync(path.join(folder.path, name))]),
	);
}

/** Of a checkpoint that can converse: what the tokenizer's configuration says. */
export const conversingTokenizer = {
	chat_template:
		"{% for message in messages %}<|endoftext|>{{ message.role }}: {{ message.content }}{% endfor %}{% if add_generation_prompt %}<|endoftext|>assistant: {% endif %}",
	eos_token: "<|endoftext|>",
};
