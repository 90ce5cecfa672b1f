/** A hunk of a diff as it is written. */
export interface DiffPart {
	/** The paths of the file's head, as written; undefined where none stands above. */
	readonly file: DiffFile | undefined;
	/** With their signs; a line without one counts as unchanged. */
	readonly lines: readonly string[];
}

export interface DiffFile {
	readonly oldPath: string;
	readonly newPath: string;
}

/** `/dev/null` stands for a file that isn't there. */
export const noFile = "/dev/null";

/**
 * The hunks of a diff. A removed line that begins with `-- ` looks like a file's head, and so does an added one
 * that begins with `++ `: inside of a hunk they are lines of it, unless the head of another file is certain.
 */
export function partsOfDiff(content: string): readonly DiffPart[] {
	const all = content.replaceAll("\r\n", "\n").split("\n");
	if (all.at(-1) === "") {
		all.pop();
	}
	const parts: DiffPart[] = [];
	let file: DiffFile | undefined;
	let lines: string[] = [];
	let left: Counts | undefined;
	let isInHunk = false;
	const finish = (): void => {
		if (lines.some((line) => /^[+-]/.test(line))) {
			parts.push({ file, lines });
		}
		lines = [];
	};
	for (let at = 0; at < all.length; at++) {
		const line = all[at] ?? "";
		const head = headAt(all, at);
		if (head !== undefined && !belongsToHunk(all, at, head, { isInHunk, left, file, lines })) {
			finish();
			file = head;
			isInHunk = false;
			left = undefined;
			at++;
		} else if (line.startsWith("@@")) {
			finish();
			isInHunk = true;
			left = countsOf(line);
		} else if (!isInHunk && lines.length === 0 && preamble.test(line)) {
			file = /^(?:diff |Index: )/.test(line) ? undefined : file;
		} else if (line.startsWith("diff --git ")) {
			finish();
			file = undefined;
			isInHunk = false;
			left = undefined;
		} else if (!line.startsWith("\\")) {
			lines.push(line);
			left = left === undefined ? undefined : without(left, line);
		}
	}
	finish();
	return parts;
}

/** What git and others write above a file's head. */
const preamble =
	/^(?:diff |index [\da-f]+|Index: |={3,}$|(?:old|new|deleted file|new file) mode |(?:similarity|dissimilarity) index |(?:rename|copy) (?:from|to) |Binary files |\s*$)/;

/** Lines that a hunk still has by its own counts. */
interface Counts {
	readonly old: number;
	readonly new: number;
}

function countsOf(line: string): Counts | undefined {
	const [, oldCount, newCount] = /^@@ -\d+(?:,(\d{1,9}))? \+\d+(?:,(\d{1,9}))? @@/.exec(line) ?? [];
	return /^@@ -\d+(?:,\d{1,9})? \+\d+/.test(line)
		? { old: Number(oldCount ?? 1), new: Number(newCount ?? 1) }
		: undefined;
}

function without(left: Counts, line: string): Counts {
	return {
		old: left.old - (line.startsWith("+") ? 0 : 1),
		new: left.new - (line.startsWith("-") ? 0 : 1),
	};
}

function headAt(all: readonly string[], at: number): DiffFile | undefined {
	const oldPath = /^--- (.*)$/.exec(all[at] ?? "")?.[1];
	const newPath = /^\+\+\+ (.*)$/.exec(all[at + 1] ?? "")?.[1];
	return oldPath === undefined || newPath === undefined
		? undefined
		: { oldPath: pathOf(oldPath), newPath: pathOf(newPath) };
}

interface HunkState {
	readonly isInHunk: boolean;
	readonly left: Counts | undefined;
	readonly file: DiffFile | undefined;
	readonly lines: readonly string[];
}

function belongsToHunk(
	all: readonly string[],
	at: number,
	head: DiffFile,
	{ isInHunk, left, file, lines }: HunkState,
): boolean {
	if (!isInHunk && lines.length === 0) {
		// Nothing but changes below, and no hunk's head: the diff of a text without any heads.
		const isFollowed = (all[at + 2] ?? "").startsWith("@@");
		return file !== undefined || !(isFollowed || (isNameable(head) && isLikePath(head)));
	}
	if (!(all[at + 2] ?? "").startsWith("@@")) {
		return true;
	}
	if (left?.old === 0 && left.new === 0) {
		return false;
	}
	// Models count wrong, so the names have a say too.
	return left !== undefined && left.old > 0 && left.new > 0
		? !isCertain(all, at)
		: !isNameable(head);
}

/** Written as git writes names, and for one file. */
function isCertain(all: readonly string[], at: number): boolean {
	const [, oldName] = /^--- "?(?:a\/(.+?)|\/dev\/null)"?\t?$/.exec(all[at] ?? "") ?? [];
	const [, newName] = /^\+\+\+ "?(?:b\/(.+?)|\/dev\/null)"?\t?$/.exec(all[at + 1] ?? "") ?? [];
	return (oldName ?? newName) !== undefined && (oldName ?? newName) === (newName ?? oldName);
}

function isNameable({ oldPath, newPath }: DiffFile): boolean {
	const [one, other] = [oldPath, newPath].map((path) => path.split("/").at(-1));
	return one === other || oldPath === noFile || newPath === noFile;
}

function isLikePath({ oldPath, newPath }: DiffFile): boolean {
	const path = newPath === noFile ? oldPath : newPath;
	return /[/\\]|\.\w{1,10}$/.test(path) && !/[;(){}]/.test(path);
}

/** Without the letter, the time and the quotes of git; its escapes are bytes in octal. */
function pathOf(written: string): string {
	const plain = written.replace(/\t.*$/, "").trim();
	const quoted = /^"((?:[^"\\]|\\.)*)"$/.exec(plain)?.[1];
	const path = quoted === undefined ? plain : unescaped(quoted);
	return path === noFile ? path : path.replace(/^[ab]\//, "");
}

function unescaped(text: string): string {
	const bytes: number[] = [];
	const encoder = new TextEncoder();
	for (const [, octal, letter, plain] of text.matchAll(/\\([0-3][0-7]{2})|\\(.)|([^\\]+)/gs)) {
		if (octal !== undefined) {
			bytes.push(Number.parseInt(octal, 8));
		} else {
			bytes.push(...encoder.encode(plain ?? escapes.get(letter ?? "") ?? letter ?? ""));
		}
	}
	return new TextDecoder().decode(new Uint8Array(bytes));
}

const escapes: ReadonlyMap<string, string> = new Map([
	["t", "\t"],
	["n", "\n"],
	["r", "\r"],
]);
