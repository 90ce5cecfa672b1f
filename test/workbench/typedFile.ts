import type { SeenGhost, TypedPlace } from "../../src/evaluation/typing/typingCount.ts";
import type { Hole } from "../../src/evaluation/hole.ts";
import type { EditorPage } from "./editorPage.ts";
import { typeInEditor, type TypingOptions } from "./typeInEditor.ts";
import type { ScriptedFile } from "./typingScript.ts";

/** In CSS pixels: every file of the script fits in. */
export const typingPageHeight = 1700;

export interface TypedFile {
	readonly places: readonly { readonly place: Hole; readonly typed: TypedPlace }[];
	/** On the disk in the end. */
	readonly saved: string;
}

/**
 * What a server of the editor puts in comes between any two keys: quotes behind `=` can't be typed over then, whatever Mote
 * does, and whoever moves over a tag that is just being closed ends up behind the next one.
 */
export const typingSettings = {
	"html.autoCreateQuotes": false,
	"html.autoClosingTags": false,
} as const;

export interface TypedFileOptions extends Pick<TypingOptions, "slowness" | "limitMs"> {
	/** Is told each ghost while it is shown. */
	readonly onGhost?: (place: Hole, ghost: SeenGhost) => Promise<void>;
}

/** Types all places of a file, from top to bottom, and saves it. */
export async function typedFile(
	editor: EditorPage,
	{ file, text, places }: ScriptedFile,
	{ onGhost, ...options }: TypedFileOptions = {},
): Promise<TypedFile> {
	const saved = await editor.openFile(file, text);
	const results: TypedFile["places"][number][] = [];
	for (const [index, place] of places.entries()) {
		// All places begin where a line ended.
		await editor.goToEndOf(place.text.slice(0, place.start).split("\n").length);
		const typed = await typeInEditor(editor, place, {
			...{ ...options, seed: index },
			...(onGhost && { onGhost: (ghost) => onGhost(place, ghost) }),
		});
		results.push({ place, typed });
	}
	return { places: results, saved: await editor.saveText(saved) };
}
