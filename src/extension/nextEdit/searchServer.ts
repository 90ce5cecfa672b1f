import type { EditedDocument } from "../../nextEdit/editedDocument.ts";
import { EditHistory, linesOf } from "../../nextEdit/editHistory.ts";
import { gateWeights } from "../../nextEdit/gateWeights.ts";
import { featureNames, type Features } from "../../nextEdit/features.ts";
import { leavingNames } from "../../nextEdit/leavingNames.ts";
import { findNextEdits, type NextEdit } from "../../nextEdit/nextEdit.ts";
import { findInOtherFile } from "../../nextEdit/otherFile.ts";
import {
	askedSchema,
	elsewhereRequestSchema,
	feedRequestSchema,
	maxFoundEdits,
	maxFoundLines,
	searchRequestSchema,
	type ElsewhereRequest,
	type FeedRequest,
	type FoundEdit,
	type SearchReply,
	type SearchRequest,
} from "./searchProtocol.ts";

/** Documents that are followed at once; the one that was longest not asked about is forgotten for another. */
export const maxFollowedDocuments = 8;

const maxReasons = 4;

/** Follows documents, and finds what comes next in them. Lives in the worker. */
export class SearchServer {
	/** The one asked about last is the last. */
	readonly #documents = new Map<string, EditHistory>();

	/** The answer to a message, which each has that gives a number. */
	receive(message: unknown): SearchReply | undefined {
		const search = searchRequestSchema.safeParse(message);
		if (search.success) {
			return this.#answer(search.data, (document) => ({
				...{ kind: "found", id: search.data.id, made: document.edits.length },
				edits: foundEdits(findNextEdits(document)),
				leaving: leavingNames(document),
			}));
		}
		const elsewhere = elsewhereRequestSchema.safeParse(message);
		if (elsewhere.success) {
			const { data } = elsewhere;
			return this.#answer(data, (document) => foundElsewhere(document, data));
		}
		const feed = feedRequestSchema.safeParse(message);
		if (feed.success) {
			this.#follow(feed.data);
			return undefined;
		}
		// A change that can't be understood leaves a document behind, which the next search says; who has asked would wait for ever.
		const asked = askedSchema.safeParse(message);
		return asked.success ? { kind: "outOfStep", id: asked.data.id } : undefined;
	}

	#follow(request: FeedRequest): void {
		const { document } = request;
		switch (request.kind) {
			case "open":
				this.#keep(document, new EditHistory(request.text));
				break;
			case "change":
				this.#documents.get(document)?.change(request.changes, request.atMs, request.isUndo);
				break;
			case "close":
				this.#documents.delete(document);
				break;
		}
	}

	#keep(document: string, history: EditHistory): void {
		this.#documents.delete(document);
		this.#documents.set(document, history);
		for (const name of this.#documents.keys()) {
			if (this.#documents.size <= maxFollowedDocuments) {
				break;
			}
			this.#documents.delete(name);
		}
	}

	/** What `find` says of a document, if it is the one that is asked about. */
	#answer(
		{ id, document, languageId, lines, units }: Omit<SearchRequest, "kind">,
		find: (document: EditedDocument) => SearchReply,
	): SearchReply {
		const history = this.#documents.get(document);
		const known = history?.lines ?? [];
		if (
			history === undefined ||
			known.length !== lines ||
			known.reduce((sum, { length }) => sum + length, 0) !== units
		) {
			this.#documents.delete(document);
			return { kind: "outOfStep", id };
		}
		this.#keep(document, history);
		try {
			return find({ lines: known, languageId, edits: history.edits });
		} catch (error) {
			return {
				kind: "failed",
				id,
				message: error instanceof Error ? error.message : String(error),
			};
		}
	}
}

function foundElsewhere(
	document: EditedDocument,
	{ id, names, text, uses }: ElsewhereRequest,
): SearchReply {
	const lines = linesOf(text);
	const edits = foundEdits(findInOtherFile(document, names, { lines, uses }));
	return { kind: "foundElsewhere", id, edits, lines: lines.length };
}

function foundEdits(edits: readonly NextEdit[]): readonly FoundEdit[] {
	return edits
		.filter(({ edit: { old, next } }) => Math.max(old.length, next.length) <= maxFoundLines)
		.slice(0, maxFoundEdits)
		.map(foundEdit);
}

function foundEdit({ edit, probability, proposers, kind, support, features }: NextEdit): FoundEdit {
	return {
		edit: { line: edit.line, old: [...edit.old], next: [...edit.next] },
		probability,
		proposers: [...proposers],
		support,
		kind,
		reasons: reasonsOf(features),
	};
}

function reasonsOf(features: Features): FoundEdit["reasons"] {
	return featureNames
		.filter((name) => name !== "bias")
		.map((name) => ({ name, weight: (features[name] ?? 0) * gateWeights[name] }))
		.filter(({ weight }) => weight !== 0)
		.sort((a, b) => Math.abs(b.weight) - Math.abs(a.weight))
		.slice(0, maxReasons);
}
