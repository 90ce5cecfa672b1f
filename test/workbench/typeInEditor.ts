import { setTimeout as sleep } from "node:timers/promises";
import { isDeepStrictEqual } from "node:util";
import { keysOf } from "../../src/completion/keys.ts";
import { uniformAt } from "../../src/engine/sampling/random.ts";
import type { Hole } from "../../src/evaluation/hole.ts";
import {
	ghostOf,
	TypingCount,
	type SeenGhost,
	type TypedPlace,
} from "../../src/evaluation/typing/typingCount.ts";
import { hangMs } from "../support/hangGuard.ts";
import type { EditorPage } from "./editorPage.ts";
import { readEditor } from "./editorView.ts";
import {
	endOfRightGhost,
	isCursorAt,
	nextStep,
	reachedByTaking,
	type EditorState,
	type ShownGhost,
	type Step,
} from "./typist.ts";

/** How long somebody waits before a key: 8 to 12 keys a second, a breath behind signs, a thought at the beginning of a line. */
const pace = { keyMs: 80, keySpreadMs: 45, signMs: 120, lineMs: 450 };
/** Two frames and a word with the browser: what a look at the page takes. */
const lookMs = 40;

const signs = /[([{<=,;:.]$/;

export interface TypingOptions {
	/** Makes the pauses. */
	readonly seed: number;
	/** How many times longer than a person's pauses they are; 1 by default. */
	readonly slowness?: number;
	/** How long the editor may take to show a key, in milliseconds; by default what ends a test that hangs. */
	readonly limitMs?: number;
	/** Is told each ghost, right or wrong, when somebody looks at it for the first time and before they do anything. */
	readonly onGhost?: (ghost: SeenGhost) => Promise<void>;
}

/**
 * Types a place of a file that is open and as long as nothing of the place was typed, key by key at a person's pace. Before each
 * key they look: a ghost that is what they are about to write is taken with Tab, another is typed over.
 *
 * What counts as a key is as in `mote eval --typing`; what the editor closes by itself counts as typed.
 */
export async function typeInEditor(
	editor: EditorPage,
	place: Hole,
	{ seed, slowness = 1, limitMs = hangMs, onGhost }: TypingOptions,
): Promise<TypedPlace> {
	const count = new TypingCount<SeenGhost, string>();
	const keysFrom = (offset: number): number => keysOf(place.text.slice(offset, place.end)).length;
	let at = place.start;
	const seen = (condition: (state: EditorState) => boolean): Promise<EditorState> =>
		see(editor, { text: place.text, limitMs }, condition);
	await seen((state) => isCursorAt(place, place.start, state));
	let pressedMs = performance.now();
	let lastMade: string | undefined;
	for (let turn = 0; ; turn++) {
		const dueMs = pressedMs + slowness * pauseMs(place, at, uniformAt(seed, turn));
		await sleep(Math.max(0, dueMs - lookMs - performance.now()));
		const state = await seen(() => true);
		const step = nextStep(place, at, state);
		if (step.kind === "done") {
			count.press(keysFrom(at));
			return count.result(keysFrom(place.start));
		}
		const { ghost } = state;
		let reached: number | undefined;
		if (ghost === undefined) {
			count.sawNothing(await editor.statusSentence());
		} else {
			const made = madeBy(place, at, ghost);
			const end = endOfRightGhost(place, at, state, ghost);
			const shownAs = (reach: number | undefined): SeenGhost =>
				ghostOf(ghost.text, {
					offset: at,
					isRight: reach !== undefined,
					taken: keysFrom(at) - keysFrom(reach ?? at),
				});
			if (made !== lastMade) {
				await onGhost?.(shownAs(end));
			}
			lastMade = made;
			if (end !== undefined) {
				await editor.page.keyboard.press("Tab");
				reached = reachedByTaking(place, end, await seen((now) => isOther(state, now)));
			}
			if (end !== undefined && reached === undefined) {
				await editor.page.keyboard.press("Control+Z");
				await seen((now) => !isOther(state, now));
			}
			count.saw(made, () => shownAs(reached));
		}
		pressedMs = performance.now();
		if (reached !== undefined) {
			count.press();
			at = reached;
		} else {
			await perform(editor, step);
			count.press(keysIn(step));
			at += step.kind === "type" || step.kind === "move" ? step.text.length : 0;
			await seen((now) => isOther(state, now));
		}
	}
}

function pauseMs({ text }: Hole, at: number, random: number): number {
	const before = text.slice(0, at);
	const thought = /\n[ \t]*$/.test(before) ? pace.lineMs : signs.test(before) ? pace.signMs : 0;
	return pace.keyMs + random * pace.keySpreadMs + random * thought;
}

/** What the file up to the end of the ghost would be. */
function madeBy({ text }: Hole, at: number, { drawn, restOfLine }: ShownGhost): string {
	return JSON.stringify([text.slice(0, text.lastIndexOf("\n", at - 1) + 1), drawn, restOfLine]);
}

function keysIn(step: Step): number {
	switch (step.kind) {
		case "type":
		case "deleteRight":
			return 1;
		case "move":
			return keysOf(step.text).length;
		// Enter brings the indentation, as it is counted, whatever the editor makes of it.
		case "indent":
		case "outdent":
		case "done":
			return 0;
	}
}

async function perform({ page: { keyboard } }: EditorPage, step: Step): Promise<void> {
	switch (step.kind) {
		case "type":
			await (step.text.startsWith("\n") ? keyboard.press("Enter") : keyboard.type(step.text));
			break;
		case "move":
			for (let lines = step.text.split("\n").length; lines > 1; lines--) {
				await keyboard.press("ArrowDown");
			}
			await keyboard.press("End");
			break;
		case "indent":
			// Tab would take a ghost that is shown.
			await keyboard.press("Escape");
			for (const character of step.text) {
				await keyboard.press(character === "\t" ? "Tab" : "Space");
			}
			break;
		case "outdent":
			await keyboard.press("Backspace");
			break;
		case "deleteRight":
			await keyboard.press("Delete");
			break;
		case "done":
			break;
	}
}

/** What the editor shows once `condition` holds for it. */
async function see(
	editor: EditorPage,
	{ text, limitMs }: { readonly text: string; readonly limitMs: number },
	condition: (state: EditorState) => boolean,
): Promise<EditorState> {
	const indentation = /^\t/m.test(text) ? "tabs" : "spaces";
	const deadline = Date.now() + limitMs;
	let state: EditorState | undefined;
	while (Date.now() < deadline) {
		state = await readEditor(editor.page, indentation);
		if (state !== undefined && condition(state)) {
			return state;
		}
	}
	throw new Error(`The editor does not go on: ${JSON.stringify(state)}`);
}

function isOther(before: EditorState, after: EditorState): boolean {
	return !isDeepStrictEqual({ ...before, ghost: undefined }, { ...after, ghost: undefined });
}
