import { assert } from "../../src/base/assert.ts";
import { explain } from "../../src/context/explanation/explain.ts";
import type { Explanation } from "../../src/context/explanation/explanation.ts";
import type { RepositoryIndex } from "../../src/context/index/repositoryIndex.ts";
import { FakeClock } from "./fakeClock.ts";
import { parseFixture } from "./fixture.ts";
import { openIndex } from "./indexedFolder.ts";
import { TemporaryFolder } from "./temporaryFolder.ts";

/**
 * What the index knows about the marked code of a fixture of several files: `‹` and `›` mark its first and last
 * line.
 */
export async function explained(
	fixture: string,
	signal: AbortSignal = new AbortController().signal,
): Promise<Explanation> {
	const files = parseFixture(fixture);
	const marked = files.find(({ text }) => text.includes("‹"));
	assert(marked !== undefined, "a fixture marks the code that is asked about");
	const startLine = lineOf(marked.text, "‹");
	const endLine = lineOf(marked.text, "›");
	const text = marked.text.replaceAll(/[‹›]/g, "");
	const contents = files.map((file) => [file.path, file === marked ? text : file.text] as const);
	return withIndex(Object.fromEntries(contents), (index) =>
		explain(
			{ kind: "code", path: marked.path, text, startLine, endLine },
			{ index, clock: new FakeClock() },
			signal,
		),
	);
}

export async function withIndex<T>(
	files: Readonly<Record<string, string>>,
	use: (index: RepositoryIndex) => Promise<T>,
): Promise<T> {
	using folder = new TemporaryFolder(files);
	await using index = await openIndex(folder.path);
	await index.scan(new AbortController().signal);
	return await use(index);
}

function lineOf(text: string, mark: string): number {
	return text.slice(0, text.indexOf(mark)).split("\n").length - 1;
}

/** An explanation in lines that a test can be read by; places count from 1, as people do. */
export function factsOf(explanation: Explanation): string {
	const at = ({ path, line }: { readonly path: string; readonly line: number }): string =>
		`${path}:${line + 1}`;
	const full = ({
		container,
		name,
	}: {
		readonly container: string | undefined;
		readonly name: string;
	}): string => (container === undefined ? name : `${container}.${name}`);
	const lines: string[] = [];
	for (const subject of explanation.subjects) {
		lines.push(`${subject.kind} ${full(subject)} ${at(subject)} | ${subject.signature ?? "?"}`);
		if (subject.documentation !== undefined) {
			lines.push(`  doc: ${subject.documentation.replaceAll("\n", " / ")}`);
		}
		lines.push(...subject.members.map((member) => `  has ${member.name} ${at(member)}`));
		const { usages } = subject;
		if (usages === undefined) {
			continue;
		}
		const place = (use: (typeof usages.callers)[number]): string =>
			`${use.within === undefined ? "top" : full(use.within)} ${at(use)}${use.count > 1 ? ` ×${use.count}` : ""}`;
		lines.push(
			...usages.callers.map((use) => `  called by ${place(use)}`),
			...usages.mentions.map((use) => `  mentioned by ${place(use)}`),
			...usages.tests.map((use) => `  tested by ${place(use)} | ${use.code}`),
		);
		for (const key of [
			"callersNotShown",
			"mentionsNotShown",
			"testsNotShown",
			"ambiguousFiles",
			"unreadFiles",
		] as const) {
			if (usages[key] > 0) {
				lines.push(`  ${key} ${usages[key]}`);
			}
		}
	}
	const { within, calls, uses, elsewhere, unknown } = explanation;
	lines.push(
		...explanation.furtherSubjects.map((each) => `also ${full(each)} ${at(each)}`),
		...(within === undefined ? [] : [`in ${full(within)} ${at(within)}`]),
		...[calls, uses].flatMap((names, index) =>
			names.map(
				({ name, isCertain, definitions }) =>
					`${index === 0 ? "calls" : "uses"} ${name}${isCertain ? "" : " perhaps"} ${definitions.map((each) => `${full(each) === name ? "" : `${full(each)} `}${at(each)}`).join(", ")}`,
			),
		),
		...elsewhere.map(({ name, specifier }) => `elsewhere ${name} ${specifier}`),
		...unknown.map((name) => `unknown ${name}`),
		...(explanation.namesNotShown > 0 ? [`not looked up ${explanation.namesNotShown}`] : []),
		...(explanation.isParsed ? [] : ["not parsed"]),
	);
	return lines.join("\n");
}
