import { maxLineUnits, tokensOfLine } from "../lineTokens.ts";

const importPattern =
	/^\s*(?:import\b|export\b.*\bfrom\b|from\s+\S+\s+import\b|(?:pub\s+)?use\s|#\s*include\b|(?:const|let|var)\b.*=\s*require\s*\()/;

/** Whether a line says where names come from, and isn't code that uses them. */
export function isImportLine(line: string): boolean {
	return line.length <= maxLineUnits && importPattern.test(line);
}

/** The names that an import line brings, by which the rest of the file knows them. */
export function boundNames(line: string): ReadonlySet<string> {
	const plain = line.replaceAll(/'[^']*'|"[^"]*"/g, "''");
	const [, python] = /^\s*from\s+\S+\s+import\b(.*)$/.exec(plain) ?? [];
	const [, required] = /^\s*(?:const|let|var)\b(.*)=\s*require/.exec(plain) ?? [];
	const [, script] = /^\s*import\b(.*)\bfrom\b/.exec(plain) ?? [];
	const list = python ?? required ?? script ?? plain;
	const names = new Set<string>();
	let isAlias = false;
	let last: string | undefined;
	for (const { kind, text } of tokensOfLine(list)) {
		if (kind !== "word" || keywords.has(text)) {
			isAlias = text === "as" || (isAlias && kind === "space");
			continue;
		}
		if (isAlias && last !== undefined) {
			names.delete(last);
		}
		names.add(text);
		[last, isAlias] = [text, false];
	}
	return names;
}

/** What stands between is bounded, so that no line takes long; a receiver of Go is the longest of it. */
const definitionPattern =
	/\b(?:def|class|function|const|let|var|func|fn|type|interface|struct|enum|trait|mod)\s{1,4}(?:\([^)]{0,80}\)\s{0,2})?(?:mut\s{1,4})?([\p{L}_$][\p{L}\p{N}_$]*)/gu;

/** Whether a line defines a name by a keyword of some language, or imports it. */
export function definesName(line: string, name: string): boolean {
	for (const [, defined] of line.slice(0, maxLineUnits).matchAll(definitionPattern)) {
		if (defined === name) {
			return true;
		}
	}
	return isImportLine(line) && boundNames(line).has(name);
}

const keywords: ReadonlySet<string> = new Set(
	"import from use pub crate self super as type typeof export default include".split(" "),
);
