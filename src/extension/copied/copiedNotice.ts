import type { CopiedFile } from "../../context/copied/copiedFile.ts";
import type { TrainingPackage } from "../../provenance/trainingTable.ts";

/** From where a text may have been copied. */
export type CopiedSource =
	| { readonly kind: "packages"; readonly packages: readonly TrainingPackage[] }
	| { readonly kind: "file"; readonly file: CopiedFile };

/** A sentence about `what`, such as "This suggestion", that names the source. Fit for labels, tooltips and the log. */
export function copiedSentence(what: string, source: CopiedSource): string {
	if (source.kind === "packages") {
		const named = source.packages.map(
			({ name, version, licence }) => `${name} ${version} (${licence})`,
		);
		return `${what} repeats text of ${listed(named)}, which mote-base was trained on.`;
	}
	const { path, line, licence, holder } = source.file;
	const says = holder === undefined ? licence : `${licence}, ${holder}`;
	return `${what} repeats ${plain(path)} from line ${line + 1}, whose header says: ${plain(says)}.`;
}

function listed(names: readonly string[]): string {
	return names.length < 2
		? names.join("")
		: `${names.slice(0, -1).join(", ")} and ${names.at(-1) ?? ""}`;
}

const maxNameLength = 160;

/** What a file says in one line, in which the editor finds no icon and nobody is misled about its direction. */
function plain(text: string): string {
	return text
		.toWellFormed()
		.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, " ")
		.replaceAll("$(", "$ (")
		.slice(0, maxNameLength);
}
