export interface SourceFile {
	readonly package: string;
	/** The corpus' name of the language. */
	readonly language: string;
	/** VS Code's. */
	readonly languageId: string;
	readonly path: string;
	readonly text: string;
}

/** A file of which `text.slice(start, end)` is missing, in UTF-16 offsets: nothing of that is in what the model is given. */
export interface Hole extends SourceFile {
	readonly start: number;
	readonly end: number;
}

export function truthOf({ text, start, end }: Hole): string {
	return text.slice(start, end);
}

/** The file as if the missing text had never been written. */
export function withoutTruth({ text, start, end }: Hole): string {
	return text.slice(0, start) + text.slice(end);
}
