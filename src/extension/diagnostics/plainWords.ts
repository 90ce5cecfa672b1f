/** Where something stands that a report must not name. */
export interface PrivateNames {
	/** Folders of the user, the workspace and the program, and files and folders that settings name. */
	readonly folders: readonly string[];
	/** The user's name, and the names of folders of the workspace. */
	readonly names: readonly string[];
}

/** What may stand in a sentence of ours beside words: figures with their units, settings and commands of this extension. */
const plainWord =
	/^(?:\p{L}+(?:['’]\p{L}+)?|\p{L}{2,}(?:-\p{L}{2,}){1,3}|mote(?:-(?:base|nano)|\.[a-z]+(?:\.[a-zA-Z]+)?)|[\d.,:]+(?:%|\p{L}{1,4})?|%|—|–|·)$/u;

/** Names of instruction sets and formats, which look like names of anything. */
const technicalWords: ReadonlySet<string> = new Set([
	"AVX2",
	"AVX-512",
	"AVX-VNNI",
	"int4",
	"int8",
]);

/** In front of and behind a word. */
const punctuation = /^([(]*)(.*?)([).,;:!?…]*)$/su;

/** Between these stands what was taken from elsewhere: a name, a path, or a piece of text. */
const quoted = /"[^"]*"?|“[^”]*”?|`[^`]*`?|«[^»]*»?|(?<=^|[\s(])'[^']*'?|‘[^’]*’?/gsu;

/** Where an exception begins to say what it met. */
const afterException = /\b([A-Z]\w*(?:Error|Exception))\b.*/su;

/** Begins a path from the root of a disk. What is behind it may have spaces. */
const pathStart = /^[("'“]?(?:[/~]|\p{L}:[\\/]|\\\\)./u;

const separator = /[\\/]/;

/** Longer ones have more in them than a sentence. */
const maxLength = 300;

/** What is behind it is not looked at: a runtime's message may have any length. */
const maxReadLength = 4 * maxLength;

const gap = "…";

/**
 * What is left of a message when everything is taken out of it that may come from a file, a path or an address: only plain words
 * and figures stay, and of an exception its kind. It leaves out rather too much.
 */
export function plainWords(message: string, { folders, names }: PrivateNames): string {
	const [line = ""] = message
		.slice(0, maxReadLength)
		.toWellFormed()
		.split(/[\r\n\u2028\u2029]/u);
	let text = line.replace(afterException, "$1");
	for (const folder of [...folders].sort((a, b) => b.length - a.length)) {
		text = withoutText(text, folder);
	}
	for (const name of names) {
		text = withoutWords(text, name);
	}
	const isName = (word: string): boolean =>
		names.some((name) => name !== "" && word.toLowerCase() === name.toLowerCase());
	const isPlain = (word: string): boolean =>
		technicalWords.has(word) || (plainWord.test(word) && !isName(word));
	const words = withoutPathMiddles(
		text
			.replace(quoted, ` ${gap} `)
			.split(/\s+/u)
			.filter((word) => word !== ""),
	).map((word) => {
		const [, before = "", inner = "", after = ""] = punctuation.exec(word) ?? [];
		return inner === "" || isPlain(inner) ? word : `${before}${gap}${after}`;
	});
	const joined = words.filter((word, at) => word !== gap || words[at - 1] !== gap).join(" ");
	return joined.length <= maxLength
		? joined
		: `${joined.slice(0, maxLength - 1).toWellFormed()}${gap}`;
}

/** A short one could be any word; what it stands for is caught by its separators. */
function withoutText(text: string, folder: string): string {
	const written = [
		folder,
		folder.replaceAll("\\", "/"),
		folder.replaceAll("/", "\\"),
		encodeURI(folder),
	];
	return written
		.filter((one) => one.length > 3)
		.reduce((rest, one) => rest.replaceAll(one, gap), text);
}

/** A name of several words isn't found word by word. */
function withoutWords(text: string, name: string): string {
	const parts = name.split(/\s+/u).filter((part) => part !== "");
	if (parts.length < 2) {
		return text;
	}
	const pattern = parts.map((part) => part.replaceAll(/[\\^$.*+?()[\]{}|]/g, "\\$&"));
	return text.replaceAll(new RegExp(pattern.join("\\s+"), "giu"), gap);
}

/** A path with spaces falls into words of which only the outer ones look like a path. */
function withoutPathMiddles(words: readonly string[]): readonly string[] {
	const start = words.findIndex((word) => pathStart.test(word));
	const end = start === -1 ? -1 : words.findLastIndex((word) => separator.test(word));
	return words.map((word, at) => (at > start && at < end ? gap : word));
}
