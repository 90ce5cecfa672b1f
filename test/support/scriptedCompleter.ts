import type {
	CompletionProvider,
	CompletionRequest,
	NoCompletionReason,
} from "../../src/completion/completionProvider.ts";

/** What a {@link ScriptedCompleter} shows: a text at the cursor, with what it replaces behind it, or why nothing. */
export type Shown =
	| string
	| { readonly text: string; readonly replaceAfter: number }
	| { readonly none: NoCompletionReason };

/** A pipeline that shows what a script says for the line so far, and records what it was asked and what was taken. */
export class ScriptedCompleter implements CompletionProvider {
	readonly requests: CompletionRequest[] = [];
	readonly accepted: string[] = [];
	readonly #script: (line: string) => Shown | undefined;

	constructor(script: (line: string) => Shown | undefined) {
		this.#script = script;
	}

	provide(request: CompletionRequest): ReturnType<CompletionProvider["provide"]> {
		this.requests.push(request);
		const { text, offset } = request;
		const shown = this.#script(text.slice(text.lastIndexOf("\n", offset - 1) + 1, offset));
		if (shown === undefined || (typeof shown === "object" && "none" in shown)) {
			return Promise.resolve({ kind: "none", reason: shown?.none ?? "notConfident" });
		}
		const { text: insertText, replaceAfter } =
			typeof shown === "string" ? { text: shown, replaceAfter: 0 } : shown;
		const replace = { start: offset, end: offset + replaceAfter };
		return Promise.resolve({
			kind: "completion",
			completion: { insertText, replace, origin: "model" },
		});
	}

	prepare(): Promise<void> {
		return Promise.resolve();
	}

	settled(): Promise<void> {
		return Promise.resolve();
	}

	didAccept({ insertText }: Parameters<CompletionProvider["didAccept"]>[0]): void {
		this.accepted.push(insertText);
	}

	dispose(): void {
		// Holds nothing.
	}
}
