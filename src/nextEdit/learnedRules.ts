import type { EditedDocument } from "./editedDocument.ts";
import { editPairs, type EditPair } from "./editPairs.ts";
import { scannedLine, tokensOfLine } from "./lineTokens.ts";
import { blockRulesOf, type BlockRule } from "./rules/blockRules.ts";
import { isImportLine } from "./rules/importLine.ts";
import { importRules } from "./rules/importRule.ts";
import { parameterRules } from "./rules/parameterRule.ts";
import { rewritten, type LineRule } from "./rules/rule.ts";
import { renamedImport, rulesOfPair } from "./rules/rulesOfPair.ts";
import { siblingRules } from "./rules/siblingRule.ts";
import { variantRules } from "./rules/variantRule.ts";
import { tokenChanges } from "./tokenDiff.ts";

/** A rule and the edits that speak for it. */
export interface LearnedRule<Rule> {
	readonly rule: Rule;
	/** Numbers of the edits that it was learned from or that it explains, ascending. */
	readonly edits: readonly number[];
	/** The line that it was learned from last, where it is one. */
	readonly pair: EditPair | undefined;
	/** Whether it makes all of the new line of the old one, and nothing is left over. */
	readonly isWhole: boolean;
}

export interface LearnedRules {
	readonly lineRules: readonly LearnedRule<LineRule>[];
	readonly blockRules: readonly LearnedRule<BlockRule>[];
}

/** The newest are kept. */
const maxLineRules = 160;
const maxBlockRules = 60;

/** What can be learned from the edits of a document, the newest first. */
export function learnRules(document: EditedDocument): LearnedRules {
	const pairs = editPairs(document);
	const found = new Map<
		string,
		{ rule: LineRule; edits: Set<number>; pair: EditPair | undefined }
	>();
	const learn = (rule: LineRule, edit: number, pair: EditPair | undefined): void => {
		const known = found.get(rule.key);
		if (known === undefined) {
			if (found.size < maxLineRules) {
				found.set(rule.key, { rule, edits: new Set([edit]), pair });
			}
		} else {
			known.edits.add(edit);
		}
	};
	for (const pair of pairs.toReversed()) {
		for (const rule of rulesOfPair(pair)) {
			learn(rule, pair.edit, pair);
		}
		for (const rule of variantsOf(pair)) {
			learn(rule, pair.edit, pair);
		}
	}
	for (const [edit, { old, next }] of [...document.edits.entries()].toReversed()) {
		for (const rule of [...importRules(next), ...parameterRules({ line: 0, old, next })]) {
			learn(rule, edit, undefined);
		}
	}
	const lineRules = [...found.values()].map(({ rule, edits, pair }) => {
		let isWhole = false;
		for (const other of pairs) {
			const result = resultOf(rule, other);
			if (result === other.next) {
				edits.add(other.edit);
				isWhole ||= other === pair || pair === undefined || other.edit === pair.edit;
			}
		}
		return { rule, edits: [...edits].sort((a, b) => a - b), pair, isWhole };
	});
	return { lineRules, blockRules: learnBlockRules(document) };
}

function resultOf(rule: LineRule, { old, oldFollower }: EditPair): string | undefined {
	if (!old.toLowerCase().includes(rule.anchor.toLowerCase())) {
		return undefined;
	}
	const match = rule.match(scannedLine(old, oldFollower));
	return match && rewritten(old, match.spans);
}

/** A name that took another's place, as a part of other names. */
function variantsOf(pair: EditPair): readonly LineRule[] {
	const { old, next } = pair;
	if (isImportLine(old) || isImportLine(next)) {
		const names = renamedImport(pair);
		return names === undefined ? [] : variantRules(names.old, names.next);
	}
	const [oldTokens, newTokens] = [tokensOfLine(old), tokensOfLine(next)];
	const rules: LineRule[] = [];
	for (const { oldFrom, oldTo, newFrom, newTo } of tokenChanges(oldTokens, newTokens)) {
		const [removed, added] = [oldTokens[oldFrom], newTokens[newFrom]];
		const isOneName = oldTo - oldFrom === 1 && newTo - newFrom === 1;
		if (!isOneName || removed?.kind !== "word" || added?.kind !== "word") {
			continue;
		}
		rules.push(...variantRules(removed.text, added.text));
	}
	return rules;
}

function learnBlockRules({ lines, edits }: EditedDocument): readonly LearnedRule<BlockRule>[] {
	const found = new Map<string, { rule: BlockRule; edits: Set<number> }>();
	for (const [number, edit] of [...edits.entries()].toReversed()) {
		for (const rule of [...blockRulesOf(edit, lines), ...siblingRules(edit, lines)]) {
			const known = found.get(rule.key);
			if (known !== undefined) {
				known.edits.add(number);
			} else if (found.size < maxBlockRules) {
				found.set(rule.key, { rule, edits: new Set([number]) });
			}
		}
	}
	return [...found.values()].map(({ rule, edits: numbers }) => ({
		rule,
		edits: [...numbers].sort((a, b) => a - b),
		pair: undefined,
		isWhole: true,
	}));
}
