import type {
	Completion,
	CompletionConfig,
	CompletionProvider,
	NoCompletionReason,
} from "../../completion/completionProvider.ts";
import { askPipeline } from "../askPipeline.ts";
import type { Hole } from "../hole.ts";
import { keysOf } from "./keys.ts";

/** Ghost text that somebody saw while typing. While its own characters are typed it stays the same one. */
export interface SeenGhost {
	/** Where the cursor stood when it was first seen: a UTF-16 offset in the file as its author wrote it. */
	readonly offset: number;
	readonly text: string;
	readonly origin: Completion["origin"];
	/** Whether the document would be a beginning of what the author wrote, with nothing more in it and nothing less behind it. */
	readonly isRight: boolean;
	/** Keys that its text would take. */
	readonly keys: number;
	/** Keys of the place that were left before and not after it was taken; 0 for a wrong one. */
	readonly taken: number;
	/** Lines of it with anything to see. */
	readonly lines: number;
}

export interface TypedPlace {
	/** That the text takes without help. */
	readonly keys: number;
	/** That were pressed, one for each ghost that was taken. */
	readonly pressed: number;
	readonly ghosts: readonly SeenGhost[];
	/** Questions to the pipeline: one at the beginning, one after each key, but for the last one at the end of a line. */
	readonly asked: number;
	/** Why nothing was shown, by how many of the questions. */
	readonly silences: ReadonlyMap<NoCompletionReason, number>;
}

export interface TypistTools {
	readonly provider: CompletionProvider;
	readonly config: CompletionConfig;
	/** Whether what the author wrote below the place is there already. */
	readonly hasTextBelow: boolean;
}

/**
 * Types the missing text of `place` key by key, waits for the pipeline's answer after each, and takes every ghost that is right.
 * Nothing is typed that the author did not write: a wrong ghost is looked at and typed over. Where code follows on the line
 * it asks once more behind the last key: there is nothing to write any more, and what is shown is wrong.
 */
export async function typePlace(place: Hole, tools: TypistTools): Promise<TypedPlace> {
	const { provider, config } = tools;
	const below = tools.hasTextBelow ? place.text.slice(place.end) : "";
	const keysFrom = (offset: number): readonly string[] =>
		keysOf(place.text.slice(offset, place.end));
	const ghosts: SeenGhost[] = [];
	const silences = new Map<NoCompletionReason, number>();
	let asked = 0;
	let pressed = 0;
	let at = place.start;
	/** The document that the ghost which is seen would make; undefined while none is. */
	let seen: string | undefined;
	for (;;) {
		const keys = keysFrom(at);
		const [key] = keys;
		if (key === undefined && isAtLineEnd(place)) {
			break;
		}
		const document = place.text.slice(0, at) + below;
		const { path, languageId } = place;
		asked++;
		const where = { path, languageId, text: document, offset: at };
		const outcome = await askPipeline(where, provider, config);
		let next = at + (key?.length ?? 0);
		if (outcome.kind === "completion") {
			const { completion } = outcome;
			const made = documentWith(document, completion);
			const end = made.length - below.length;
			const isRight = isWritten(place, made, end, at, below);
			if (made !== seen) {
				const text = completion.insertText;
				ghosts.push({
					offset: at,
					text,
					origin: completion.origin,
					isRight,
					keys: keysOf(text).length,
					taken: isRight ? keys.length - keysFrom(end).length : 0,
					lines: text.split("\n").filter((line) => line.trim() !== "").length,
				});
			}
			if (isRight) {
				provider.didAccept(completion);
				next = end;
			}
			seen = isRight ? undefined : made;
		} else {
			silences.set(outcome.reason, (silences.get(outcome.reason) ?? 0) + 1);
			seen = undefined;
		}
		if (key === undefined) {
			break;
		}
		at = next;
		pressed++;
	}
	return { keys: keysFrom(place.start).length, pressed, ghosts, asked, silences };
}

function isAtLineEnd({ text, end }: Hole): boolean {
	return end === text.length || text.startsWith("\n", end);
}

function documentWith(document: string, { insertText, replace }: Completion): string {
	return document.slice(0, replace.start) + insertText + document.slice(replace.end);
}

/** Whether `made` is what the author wrote up to `end`, further on than `at` and not beyond the place, and then `below`. */
function isWritten(place: Hole, made: string, end: number, at: number, below: string): boolean {
	return end > at && end <= place.end && made === place.text.slice(0, end) + below;
}
