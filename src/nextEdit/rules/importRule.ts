import { isImportLine } from "./importLine.ts";
import type { LineRule } from "./rule.ts";
import { tokenRule } from "./tokenRule.ts";

const fromPython = /^\s*from\s+([\w.]+)\s+import\b([^#;]*)/;

const isName = /^[\p{L}_$][\p{L}\p{N}_$]*$/u;
/** A line that imports more of them was made by a tool. */
const maxNames = 40;

/** What was imported by name is no longer looked up in its module: `typing.Any` becomes `Any`. */
export function importRules(added: readonly string[]): readonly LineRule[] {
	const rules: LineRule[] = [];
	for (const line of added) {
		const [, module, list] = (isImportLine(line) ? fromPython.exec(line) : null) ?? [];
		if (module === undefined || list === undefined) {
			continue;
		}
		const qualifier = module.split(".");
		for (const entry of list.split(",").slice(0, maxNames)) {
			const [name, as, alias] = entry.replace(/[()]/g, "").trim().split(/\s+/);
			if (name !== undefined && isName.test(name)) {
				rules.push(qualifiedRule(qualifier, name, as === "as" ? (alias ?? name) : name));
			}
		}
	}
	return rules;
}

function qualifiedRule(qualifier: readonly string[], name: string, alias: string): LineRule {
	return tokenRule({
		proposer: "import",
		before: [],
		core: [...qualifier, name].flatMap((text, i) =>
			i === 0 ? [{ kind: "text", text } as const] : [dot, { kind: "text", text } as const],
		),
		after: [],
		replacement: [alias],
	});
}

const dot = { kind: "text", text: "." } as const;
