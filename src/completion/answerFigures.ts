import type { CompletionPlace } from "./completionPlace.ts";
import type { WrittenAnswer } from "./generation.ts";
import { keysOf } from "./keys.ts";
import type { Worth } from "./worthShowing.ts";

/** What was written, and how likely it is. */
export interface AnswerFigures {
	/** UTF-16 units. */
	readonly length: number;
	readonly stoppedBy: WrittenAnswer["stoppedBy"];
	/** That the shortest beginning with more than white space is right; undefined where nothing tells. */
	readonly firstProbability: number | undefined;
	/** What the best beginning that is likely enough saves on average; undefined where none is. */
	readonly mostSavedKeys: number | undefined;
}

/** To be asked only about an answer that nothing is shown of. */
export function answerFigures(
	{ text, marks, stoppedBy }: WrittenAnswer,
	place: Pick<CompletionPlace, "slot">,
	worth: Worth,
): AnswerFigures {
	let firstProbability: number | undefined;
	let mostSavedKeys: number | undefined;
	let [from, keys] = [0, 0];
	for (const { end, probability } of marks) {
		const part = text.slice(from, end);
		from += part.length;
		keys += keysOf(part).length;
		if (probability === undefined || text.slice(0, from).trim() === "") {
			continue;
		}
		firstProbability ??= probability;
		if (probability >= worth.minProbability) {
			mostSavedKeys = Math.max(mostSavedKeys ?? 0, probability * (keys - 1));
		}
	}
	// What is written into a line repeats what follows there, and those keys aren't saved.
	const counted = place.slot === undefined ? mostSavedKeys : undefined;
	return { length: text.length, stoppedBy, firstProbability, mostSavedKeys: counted };
}
