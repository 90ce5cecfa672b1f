import { fits } from "../../nextEdit/lineEdit.ts";
import type { FoundEdit } from "./searchProtocol.ts";

/** What is needed of a document of the editor. Lines are without their breaks, units UTF-16. */
export interface FollowedDocument {
	/** Different for every document that is open. */
	readonly id: string;
	readonly languageId: string;
	readonly version: number;
	readonly lineCount: number;
	/** Of all lines together. */
	readonly units: number;
	lineAt(line: number): string;
	getText(): string;
}

/** Whether the lines that an edit is about still stand where it says. */
export function fitsIn({ edit }: FoundEdit, document: FollowedDocument): boolean {
	const { line, old, next } = edit;
	if (line < 0 || line + old.length > document.lineCount) {
		return false;
	}
	const standing = old.map((_, i) => document.lineAt(line + i));
	return fits(standing, { line: 0, old, next });
}
