import { expect } from "vitest";
import { applyLineEdit } from "../../src/nextEdit/lineEdit.ts";
import { candidatesFor } from "../../src/nextEdit/nextEdit.ts";
import type { ProposerName } from "../../src/nextEdit/proposerName.ts";
import { editedFixture } from "./editedFixture.ts";

/** Every "<" that is to become ">" is among the candidates, by one of these proposers; without any, there are no candidates at all. */
export function checkCandidates(
	text: string,
	by: readonly ProposerName[],
	languageId?: string,
): void {
	const { document, next } = editedFixture(text, languageId);
	const candidates = candidatesFor(document);
	if (next.length === 0) {
		expect(candidates.map(({ edit }) => edit)).toEqual([]);
		return;
	}
	for (const wanted of next) {
		const result = applyLineEdit(document.lines, wanted);
		const found = candidates.filter(
			({ edit }) => applyLineEdit(document.lines, edit).join("\n") === result.join("\n"),
		);
		const proposers = found.flatMap(({ hits }) => hits.map(({ learned }) => learned.rule.proposer));
		expect(proposers).toEqual(expect.arrayContaining([...by]));
	}
}
