import { readFile } from "node:fs/promises";
import path from "node:path";
import { Language, Parser } from "web-tree-sitter";

/** Where the WebAssembly files are. Given by whoever composes: the build copies them, tests use packages. */
export interface GrammarFiles {
	/** Path of `web-tree-sitter.wasm`, the runtime, of the same version as the package. */
	readonly runtime: string;
	/** Folder with a `tree-sitter-<grammar>.wasm` for each grammar. */
	readonly folder: string;
}

/** Loads grammars when they are first asked for, each once. A grammar that fails to load stays failed. */
export class Grammars {
	readonly #files: GrammarFiles;
	readonly #loading = new Map<string, Promise<Language>>();
	#runtime: Promise<void> | undefined;

	constructor(files: GrammarFiles) {
		this.#files = files;
	}

	/** Rejects when a file is missing or isn't a grammar that this runtime can run. */
	load(grammar: string): Promise<Language> {
		const loading = this.#loading.get(grammar) ?? this.#read(grammar);
		this.#loading.set(grammar, loading);
		return loading;
	}

	async #read(grammar: string): Promise<Language> {
		this.#runtime ??= startRuntime(this.#files.runtime);
		await this.#runtime;
		const file = path.join(this.#files.folder, `tree-sitter-${grammar}.wasm`);
		return Language.load(new Uint8Array(await readFile(file)));
	}
}

/** The bytes are passed in, so that the package doesn't look for its file beside the bundle. */
async function startRuntime(file: string): Promise<void> {
	const bytes = await readFile(file);
	await Parser.init({ wasmBinary: new Uint8Array(bytes).buffer });
}
