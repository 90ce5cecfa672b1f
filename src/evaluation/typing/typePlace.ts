import type {
	Completion,
	CompletionConfig,
	CompletionProvider,
	NoCompletionReason,
} from "../../completion/completionProvider.ts";
import { askPipeline } from "../askPipeline.ts";
import { keysOf } from "../../completion/keys.ts";
import type { Hole } from "../hole.ts";
import { ghostOf, TypingCount, type SeenGhost, type TypedPlace } from "./typingCount.ts";

/** A ghost of the pipeline. */
export interface PipelineGhost extends SeenGhost {
	readonly origin: Completion["origin"];
}

export type PipelineTyping = TypedPlace<PipelineGhost, NoCompletionReason>;

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
export async function typePlace(place: Hole, tools: TypistTools): Promise<PipelineTyping> {
	const { provider, config } = tools;
	const below = tools.hasTextBelow ? place.text.slice(place.end) : "";
	const keysFrom = (offset: number): readonly string[] =>
		keysOf(place.text.slice(offset, place.end));
	const count = new TypingCount<PipelineGhost, NoCompletionReason>();
	let at = place.start;
	for (;;) {
		const keys = keysFrom(at);
		const [key] = keys;
		if (key === undefined && isAtLineEnd(place)) {
			break;
		}
		const document = place.text.slice(0, at) + below;
		const { path, languageId } = place;
		const where = { path, languageId, text: document, offset: at };
		const outcome = await askPipeline(where, provider, config);
		// Between two keys of a person there is time; how much of it, no clock says here.
		await provider.settled();
		let next = at + (key?.length ?? 0);
		if (outcome.kind === "completion") {
			const { completion } = outcome;
			const made = documentWith(document, completion);
			const end = made.length - below.length;
			const isRight = isWritten(place, made, end, at, below);
			const taken = keys.length - keysFrom(end).length;
			const offset = at;
			count.saw(made, () => ({
				...ghostOf(completion.insertText, { offset, isRight, taken }),
				origin: completion.origin,
			}));
			if (isRight) {
				provider.didAccept(completion);
				next = end;
			}
		} else {
			count.sawNothing(outcome.reason);
		}
		if (key === undefined) {
			break;
		}
		at = next;
		count.press();
	}
	return count.result(keysFrom(place.start).length);
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
