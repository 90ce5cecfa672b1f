import { abortReason } from "../base/abort.ts";
import type { Clock } from "../base/clock.ts";
import {
	unknownPosition,
	type SyntaxPosition,
	type SyntaxService,
} from "../context/syntax/syntaxService.ts";
import type { CompletionPlace } from "./completionPlace.ts";

/** Whether the cursor is in a comment isn't worth a longer wait; without an answer it counts as code. */
const deadlineMs = 100;

/** To be asked while the debounce waits, so that it costs no time of its own. */
export async function timelyPosition(
	{ languageId, text, offset }: CompletionPlace,
	{ syntax, clock }: { readonly syntax: SyntaxService; readonly clock: Clock },
	ended: AbortSignal,
): Promise<SyntaxPosition> {
	const answered = new AbortController();
	const late = clock
		.sleep(deadlineMs, AbortSignal.any([ended, answered.signal]))
		.then(() => unknownPosition);
	try {
		return await Promise.race([syntax.positionAt({ languageId, text, offset }, ended), late]);
	} finally {
		answered.abort(abortReason);
	}
}
