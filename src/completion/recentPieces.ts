import * as z from "zod";
import { interpreted } from "../base/interpreted.ts";
import { once } from "../base/once.ts";
import { mayHoldSecrets } from "../context/files/secrets.ts";
import { replacementCharacter } from "../context/files/sourceText.ts";
import { pieceReasons, type ContextPiece } from "../context/piece.ts";

/** The pieces of other files that the prompts of one document begin with. */
export interface DocumentPieces {
	readonly path: string;
	/** Where the line begins that they were collected for, in UTF-16 units. */
	readonly lineStart: number;
	readonly pieces: readonly ContextPiece[];
	/** The number of the answer that they came with; undefined for those of an earlier window. */
	readonly answer: number | undefined;
}

/** One value that outlives the window. A seam: in the editor, the workspace's storage. */
export interface WindowStorage {
	/** What was written last, by whatever version. */
	read(): unknown;
	write(value: unknown): void;
}

/** The documents that somebody goes to and fro between, as for the answers of the context. */
const maxDocuments = 8;

/** Of one document, in UTF-16 units: an editor's storage is for small things. Larger contexts are collected anew. */
const maxStoredLength = 32_768;

const line = once(() => z.int().nonnegative());
const lineRange = once(() => ({ startLine: line(), endLine: line() }));
const pieceSchema = once(() =>
	z.strictObject({
		...lineRange(),
		path: z.string().max(4096),
		ranges: z.array(z.strictObject(lineRange())).max(1000),
		text: z.string().max(maxStoredLength),
		reason: z.enum(pieceReasons),
		score: z.number(),
		tokens: z.int().nonnegative(),
	}),
);
const storedSchema = once(() =>
	z
		.array(
			z.strictObject({
				path: z.string().max(4096),
				lineStart: z.int().nonnegative(),
				pieces: z.array(pieceSchema()).max(1000),
			}),
		)
		.max(maxDocuments),
);

/**
 * The pieces of the latest documents, from one window to the next: a prompt begins with them, so that what the
 * engine has kept of an earlier prompt is of use only if they are the same again.
 */
export class RecentPieces {
	readonly #storage: WindowStorage | undefined;
	/** The oldest first. */
	readonly #documents: Map<string, DocumentPieces>;

	constructor(storage?: WindowStorage) {
		this.#storage = storage;
		// What is not of this shape was written by another version, and is no loss.
		const stored = storedSchema().safeParse(storage?.read(), interpreted).data ?? [];
		this.#documents = new Map(
			stored
				.filter(({ pieces }) => pieces.every(isShareable))
				.map((document) => [document.path, { ...document, answer: undefined }]),
		);
	}

	get(path: string): DocumentPieces | undefined {
		return this.#documents.get(path);
	}

	add(document: DocumentPieces): void {
		this.#documents.delete(document.path);
		this.#documents.set(document.path, document);
		const [oldest] = this.#documents.keys();
		if (this.#documents.size > maxDocuments && oldest !== undefined) {
			this.#documents.delete(oldest);
		}
		this.#storage?.write(
			[...this.#documents.values()]
				.filter(({ pieces }) => lengthOf(pieces) <= maxStoredLength)
				.map(({ path, lineStart, pieces }) => ({ path, lineStart, pieces })),
		);
	}
}

/** An earlier version may have kept what isn't read any more. */
function isShareable(piece: ContextPiece): boolean {
	return !mayHoldSecrets(piece) && !piece.text.includes(replacementCharacter);
}

function lengthOf(pieces: readonly ContextPiece[]): number {
	return pieces.reduce((sum, { text }) => sum + text.length, 0);
}
