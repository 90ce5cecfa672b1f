import type { FollowedFile } from "./otherFiles.ts";
import type { QuietReason } from "./quietReason.ts";
import type { FoundEdit } from "./searchProtocol.ts";

/** How many there are, and in how many files. */
export interface CountElsewhere {
	readonly edits: number;
	readonly files: number;
}

/** What is said of them unasked: nothing where there are none, or while Mote is to keep quiet everywhere, not only in front. */
export function countElsewhere(
	files: readonly FollowedFile[],
	quiet: QuietReason | undefined,
): CountElsewhere | undefined {
	const edits = files.reduce((sum, file) => sum + file.edits.length, 0);
	const isQuiet = quiet === "moteOff" || quiet === "snoozed";
	return edits === 0 || isQuiet ? undefined : { edits, files: files.length };
}

/** How many there are, as the status item and its menu say it. */
export function elsewhereText({ edits, files }: CountElsewhere): string {
	return `Next edits: ${edits} in ${files} other ${files === 1 ? "file" : "files"}`;
}

/** A row of the list, in the editor's label syntax. */
export interface ListedEdit {
	readonly label: string;
	/** The folder. */
	readonly description: string;
	/** What stands there, and what would. */
	readonly detail: string;
	readonly file: FollowedFile;
	readonly found: FoundEdit;
}

/** UTF-16 units of what stands and of what would; the whole is shown where the edit is. */
const maxTextUnits = 100;

export function listedEdits(files: readonly FollowedFile[]): readonly ListedEdit[] {
	return files.flatMap((file) => {
		const folder = file.path.lastIndexOf("/");
		return file.edits.map((found) => ({
			label: plainLabel(`${file.path.slice(folder + 1)}:${found.edit.line + 1}`),
			description: plainLabel(file.path.slice(0, Math.max(0, folder))),
			detail: plainLabel(`${textOf(found.edit.old)}  →  ${textOf(found.edit.next)}`),
			...{ file, found },
		}));
	});
}

function textOf(lines: readonly string[]): string {
	const text = lines.map((line) => line.trim().replaceAll(/\s+/g, " ")).join(" ⏎ ");
	return text.length <= maxTextUnits
		? text
		: `${text.slice(0, maxTextUnits - 1).replace(/[\uD800-\uDBFF]$/, "")}…`;
}

/** A label that shows a text as it is: `$(name)` would be drawn as an icon. */
function plainLabel(text: string): string {
	return text.replaceAll(/\$\([\w-]+(?:~\w+)?\)/g, "\\$&");
}
