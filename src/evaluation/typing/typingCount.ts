import { keysOf } from "../../completion/keys.ts";

/** Ghost text that somebody saw while typing. While its own characters are typed it stays the same one. */
export interface SeenGhost {
	/** Where the cursor stood when it was first seen: a UTF-16 offset in the file as its author wrote it. */
	readonly offset: number;
	readonly text: string;
	/** Whether the document would be a beginning of what the author wrote, with nothing more in it and nothing less behind it. */
	readonly isRight: boolean;
	/** Keys that its text would take. */
	readonly keys: number;
	/** Keys of the place that were left before and not after it was taken; 0 for a wrong one. */
	readonly taken: number;
	/** Lines of it with anything to see. */
	readonly lines: number;
}

export interface TypedPlace<Ghost extends SeenGhost = SeenGhost, Silence extends string = string> {
	/** That the text takes without help. */
	readonly keys: number;
	/** That were pressed, one for each ghost that was taken. */
	readonly pressed: number;
	readonly ghosts: readonly Ghost[];
	/** Looks at what is shown: one at the beginning, one after each key, but for the last one at the end of a line. */
	readonly asked: number;
	/** Why nothing was shown, by how many of the looks. */
	readonly silences: ReadonlyMap<Silence, number>;
}

/** What `text` is as a ghost; `taken` are the keys of the place that it takes over. */
export function ghostOf(
	text: string,
	{ offset, isRight, taken }: Pick<SeenGhost, "offset" | "isRight" | "taken">,
): SeenGhost {
	return {
		offset,
		text,
		isRight,
		keys: keysOf(text).length,
		taken: isRight ? taken : 0,
		lines: text.split("\n").filter((line) => line.trim() !== "").length,
	};
}

/** Counts what somebody sees and presses who types a place, takes every ghost that is right and types over the others. */
export class TypingCount<Ghost extends SeenGhost, Silence extends string> {
	readonly #ghosts: Ghost[] = [];
	readonly #silences = new Map<Silence, number>();
	#asked = 0;
	#pressed = 0;
	/** The document that the ghost which is seen would make; undefined while none is, and once it was taken. */
	#seen: string | undefined;

	/** A ghost is shown that would make the document `made`: whoever made that the last time is the same ghost. */
	saw(made: string, ghost: () => Ghost): void {
		this.#asked++;
		if (made === this.#seen) {
			return;
		}
		const seen = ghost();
		this.#ghosts.push(seen);
		this.#seen = seen.isRight ? undefined : made;
	}

	sawNothing(because: Silence): void {
		this.#asked++;
		this.#silences.set(because, (this.#silences.get(because) ?? 0) + 1);
		this.#seen = undefined;
	}

	press(keys = 1): void {
		this.#pressed += keys;
	}

	/** Of a place whose text takes `keys` keys without help. */
	result(keys: number): TypedPlace<Ghost, Silence> {
		return {
			keys,
			pressed: this.#pressed,
			ghosts: [...this.#ghosts],
			asked: this.#asked,
			silences: new Map(this.#silences),
		};
	}
}
