import { readFile, readdir } from "node:fs/promises";
import { join } from "node:path";
import { randomStream } from "../../src/evaluation/sampling.ts";
import type { TokenId, Tokenizer } from "../../src/tokenizer/tokenizer.ts";

/** Shorter files hold no prompt worth the name; longer ones are mostly bundles and tables. */
const minFileChars = 1500;
const maxFileChars = 60_000;

const minPromptTokens = 16;
const maxPromptTokens = 768;

/** Prompts from as many different files as there are, cut at random places: the same for the same files. */
export async function sourcePrompts(
	root: string,
	tokenizer: Tokenizer,
	count: number,
): Promise<readonly (readonly TokenId[])[]> {
	const own = await sourceFiles(join(root, "src"));
	const foreign = await sourceFiles(join(root, "node_modules"));
	const random = randomStream(1, "source prompts");
	const prompts: (readonly TokenId[])[] = [];
	// By turns from this repository and from what it has installed.
	for (let index = 0; prompts.length < count && index < 20 * count; index++) {
		const files = index % 2 === 0 ? own : foreign;
		const path = files[Math.floor(random() * files.length)];
		const [place, length] = [random(), random()];
		const text = path === undefined ? "" : await readFile(path, "utf8");
		if (text.length < minFileChars || text.length > maxFileChars) {
			continue;
		}
		const tokens = tokenizer.encode(text);
		const wanted = minPromptTokens + Math.floor(length * (maxPromptTokens - minPromptTokens));
		const start = Math.floor(place * Math.max(0, tokens.length - wanted));
		const prompt = tokens.slice(start, start + wanted);
		if (prompt.length >= minPromptTokens) {
			prompts.push(prompt);
		}
	}
	return prompts;
}

async function sourceFiles(folder: string): Promise<readonly string[]> {
	const entries = await readdir(folder, { recursive: true, withFileTypes: true });
	return entries
		.filter((entry) => entry.isFile() && /\.(ts|js|mjs|cjs)$/.test(entry.name))
		.map((entry) => join(entry.parentPath, entry.name))
		.sort();
}
