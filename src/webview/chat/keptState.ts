/** What survives that the view is hidden, which takes its page away. */
export interface KeptState {
	readonly draft: string;
	readonly caret: number;
	/** Undefined: the end, which the view follows. */
	readonly scrollTop: number | undefined;
}

/** Reads what the editor kept, which an older version of the view may have written. */
export function readKeptState(value: unknown): KeptState {
	const fields: { draft?: unknown; caret?: unknown; scrollTop?: unknown } =
		typeof value === "object" && value !== null ? value : {};
	const draft = typeof fields.draft === "string" ? fields.draft : "";
	return {
		draft,
		caret: typeof fields.caret === "number" ? fields.caret : draft.length,
		scrollTop: typeof fields.scrollTop === "number" ? fields.scrollTop : undefined,
	};
}
