import { createRequire } from "node:module";

declare const brand: unique symbol;
/** A loaded model, and a context of it: pointers of the addon. */
export interface ModelHandle {
	readonly [brand]: "model";
}
export interface ContextHandle {
	readonly [brand]: "context";
}

/** What llamaAddon.cc exports. Everything throws an Error with llama.cpp's complaint when it fails. */
export interface LlamaAddon {
	/** Once a process. `features` are the instructions that the chosen backend uses, for people. */
	load(
		libraryPath: string,
		backendFolder: string,
		modelPath: string,
	): {
		readonly model: ModelHandle;
		readonly vocabularySize: number;
		readonly contextLength: number;
		readonly features: string;
	};
	freeModel(model: ModelHandle): void;
	createContext(model: ModelHandle, positions: number, threads: number): ContextHandle;
	freeContext(context: ContextHandle): void;
	/** Positions that the context has room for: at least as many as it was created with. */
	capacity(context: ContextHandle): number;
	/** Forgets the positions from `length` on. */
	rewind(context: ContextHandle, length: number): void;
	/** Copies all positions into an empty context. */
	copy(from: ContextHandle, to: ContextHandle): void;
	/** Writes the logits of the last `rows` tokens: `logits` is rows × vocabulary. */
	decode(context: ContextHandle, tokens: Int32Array, logits: Float32Array, rows: number): void;
}

const functionNames = [
	"load",
	"freeModel",
	"createContext",
	"freeContext",
	"capacity",
	"rewind",
	"copy",
	"decode",
] as const satisfies readonly (keyof LlamaAddon)[];

/** Loads the addon that {@link buildLlamaAddon} has built at `path`. */
export function loadLlamaAddon(path: string): LlamaAddon {
	const addon: unknown = createRequire(import.meta.url)(path);
	if (!isLlamaAddon(addon)) {
		throw new Error(`The addon ${path} was built from other sources; remove it and start again.`);
	}
	return addon;
}

function isLlamaAddon(value: unknown): value is LlamaAddon {
	if (typeof value !== "object" || value === null) {
		return false;
	}
	const found = new Map<string, unknown>(Object.entries(value));
	return functionNames.every((name) => typeof found.get(name) === "function");
}
