import { EditHistory } from "../../nextEdit/editHistory.ts";
import { gateWeights } from "../../nextEdit/gateWeights.ts";
import { featureNames, type Features } from "../../nextEdit/features.ts";
import { findNextEdits, type NextEdit } from "../../nextEdit/nextEdit.ts";
import {
	feedRequestSchema,
	maxFoundEdits,
	maxFoundLines,
	searchRequestSchema,
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

	/** The answer to a message, where it has one. */
	receive(message: unknown): SearchReply | undefined {
		const search = searchRequestSchema.safeParse(message);
		if (search.success) {
			return this.#search(search.data);
		}
		const feed = feedRequestSchema.safeParse(message);
		if (feed.success) {
			this.#follow(feed.data);
		}
		// What can't be understood leaves a document behind, and the next search says so.
		return undefined;
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

	#search({ id, document, languageId, lines, units }: SearchRequest): SearchReply {
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
		const { edits } = history;
		try {
			const found = findNextEdits({ lines: known, languageId, edits });
			return {
				...{ kind: "found", id, made: edits.length },
				edits: found
					.filter(({ edit: { old, next } }) => Math.max(old.length, next.length) <= maxFoundLines)
					.slice(0, maxFoundEdits)
					.map(foundEdit),
			};
		} catch (error) {
			return {
				kind: "failed",
				id,
				message: error instanceof Error ? error.message : String(error),
			};
		}
	}
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
