import { describe, expect, test, vi } from "vitest";
import type { ChangedName } from "../../../../src/context/uses/changedName.ts";
import { usesElsewhere, usesLimits } from "../../../../src/context/uses/usesElsewhere.ts";
import { parseFixture } from "../../../support/fixture.ts";
import { openIndex } from "../../../support/indexedFolder.ts";
import { TemporaryFolder } from "../../../support/temporaryFolder.ts";

const running = new AbortController().signal;

interface Edited {
	/** Of the first file of the fixture. */
	readonly text: string;
	readonly changed?: Partial<ChangedName>;
	readonly signal?: AbortSignal;
	/** A file that can't be parsed any more when it is asked about. */
	readonly unparsable?: string;
}

/** Each line of another file that means what was changed, with the name as it stands there. */
async function usesOf(
	fixture: string,
	{ text, changed, signal = running, unparsable }: Edited,
): Promise<readonly string[]> {
	const files = parseFixture(fixture);
	const [edited] = files;
	using folder = new TemporaryFolder(
		Object.fromEntries(files.map((file) => [file.path, file.text])),
	);
	await using index = await openIndex(folder.path);
	await index.scan(running);
	const mentionsIn = index.mentionsIn.bind(index);
	vi.spyOn(index, "mentionsIn").mockImplementation(async (path, ...rest) =>
		path === unparsable ? undefined : mentionsIn(path, ...rest),
	);
	const names = [
		{ name: "parseLine", next: "readLine", lines: [0], isRepeated: false, ...changed },
	];
	const found = await usesElsewhere({ path: edited?.path ?? "", text, names }, index, signal);
	return [
		...found.files.flatMap((file) =>
			file.uses.map(({ name, line, column }) => {
				const written = file.text.split("\n")[line] ?? "";
				expect(written.slice(column, column + name.length)).toBe(name);
				return `${file.path}: ${written.trim()}`;
			}),
		),
		...(found.unreadFiles > 0 ? [`${found.unreadFiles} unread`] : []),
	];
}

const parser = `//- /parser.ts
export function parseLine(text: string): string {
	return text;
}
`;
const renamed = { text: "export function readLine(text: string): string {\n\treturn text;\n}\n" };

describe("a definition that got another name", () => {
	test("is meant by imports of its file, and by what they make known", async () => {
		expect(
			await usesOf(
				`${parser}//- /b.ts
import { parseLine } from "./parser.ts";
// parseLine
log("parseLine", parseLine(1));
other.parseLine();
`,
				renamed,
			),
		).toEqual([
			'b.ts: import { parseLine } from "./parser.ts";',
			'b.ts: log("parseLine", parseLine(1));',
		]);
	});

	test("isn't meant by keys, which others may know as well", async () => {
		expect(
			await usesOf(
				`${parser}//- /b.ts
import { parseLine } from "./parser.ts";
const table = { parseLine: 1, other: parseLine };
const short = { parseLine };
`,
				renamed,
			),
		).toEqual([
			'b.ts: import { parseLine } from "./parser.ts";',
			"b.ts: const table = { parseLine: 1, other: parseLine };",
		]);
	});

	test("isn't meant by what a file defines, or has from elsewhere, under the same name", async () => {
		expect(
			await usesOf(
				`${parser}//- /defines.ts
function parseLine() {}
parseLine();
//- /package.ts
import { parseLine } from "package";
parseLine();
//- /other.ts
export function parseLine() {}
//- /importsOther.ts
import { parseLine } from "./other.ts";
parseLine();
//- /importsNothing.ts
parseLine();
`,
				renamed,
			),
		).toEqual([]);
	});

	test("is known by another name where an import says so, and through a module as a whole", async () => {
		expect(
			await usesOf(
				`${parser}//- /alias.ts
import { parseLine as read } from "./parser.ts";
parseLine(read(1));
//- /whole.ts
import * as parser from "./parser.ts";
parser.parseLine(1);
`,
				renamed,
			),
		).toEqual([
			'alias.ts: import { parseLine as read } from "./parser.ts";',
			"whole.ts: parser.parseLine(1);",
		]);
	});

	test("is passed on by files in between, where nothing else has the name", async () => {
		expect(
			await usesOf(
				`${parser}//- /index.ts
export { parseLine } from "./parser.ts";
//- /user.ts
import { parseLine } from "./index.ts";
parseLine(1);
`,
				renamed,
			),
		).toEqual([
			'index.ts: export { parseLine } from "./parser.ts";',
			'user.ts: import { parseLine } from "./index.ts";',
			"user.ts: parseLine(1);",
		]);
	});

	test("is still meant where it is by its old name", async () => {
		expect(
			await usesOf(`${parser}//- /b.ts\nimport { parseLine } from "./parser.ts";\n`, {
				text: `${renamed.text}function parseLine() {}\n`,
			}),
		).toEqual([]);
	});

	test("is meant in Python, by imports of names and of modules", async () => {
		expect(
			await usesOf(
				`//- /parser.py
def parse_line(text):
    return text
//- /b.py
from parser import parse_line
import parser
parse_line(text=1)
parser.parse_line(1)
call(parse_line=2)
//- /c.py
parse_line(1)
`,
				{
					text: "def read_line(text):\n    return text\n",
					changed: { name: "parse_line", next: "read_line" },
				},
			),
		).toEqual([
			"b.py: from parser import parse_line",
			"b.py: parse_line(text=1)",
			"b.py: parser.parse_line(1)",
		]);
	});

	test("is meant by the files of its folder in Go", async () => {
		expect(
			await usesOf(
				`//- /a/parser.go
package a
func parse(text string) string { return text }
//- /a/b.go
package a
func use() { parse("x") }
//- /c/c.go
package c
func use() { parse("x") }
`,
				{
					text: "package a\nfunc read(text string) string { return text }\n",
					changed: { name: "parse", next: "read", lines: [1] },
				},
			),
		).toEqual(['a/b.go: func use() { parse("x") }']);
	});
});

describe("a method that takes another parameter", () => {
	const changed = { next: undefined, name: "drawShape", lines: [1] };
	const canvas = "export class Canvas {\n\tdrawShape(a: number) {}\n}\n";
	const text = canvas.replace("number", "number, b: number");

	test("is found by its name, where that says enough and nothing else has it", async () => {
		const user = "//- /b.ts\nimport { canvas } from './a.ts';\ncanvas.drawShape(1);\n";
		expect(await usesOf(`//- /a.ts\n${canvas}${user}`, { text, changed })).toEqual([
			"b.ts: canvas.drawShape(1);",
		]);
		const other = "//- /c.ts\nexport class Other {\n\tdrawShape() {}\n}\n";
		expect(await usesOf(`//- /a.ts\n${canvas}${user}${other}`, { text, changed })).toEqual([]);
	});

	test("isn't where its name is a word", async () => {
		const short = (of: string): string => of.replaceAll("drawShape", "draw");
		const user = "//- /b.ts\nimport { canvas } from './a.ts';\ncanvas.draw(1);\n";
		expect(
			await usesOf(`//- /a.ts\n${short(canvas)}${user}`, {
				text: short(text),
				changed: { ...changed, name: "draw" },
			}),
		).toEqual([]);
	});
});

describe("a name that another of the same module took the place of", () => {
	const files = `//- /a.ts
import { createClient } from "client";
createClient();
//- /b.ts
import { createClient } from "client";
createClient();
//- /c.ts
import { createClient } from "another";
createClient();
`;
	const text = 'import { openClient } from "client";\nopenClient();\n';
	const changed = { name: "createClient", next: "openClient", lines: [0, 1], isRepeated: true };

	test("is meant where it is imported from there", async () => {
		expect(await usesOf(files, { text, changed })).toEqual([
			'b.ts: import { createClient } from "client";',
			"b.ts: createClient();",
		]);
	});

	test.each<[string, Edited]>([
		["one edit says so", { text, changed: { ...changed, isRepeated: false } }],
		["it is still imported", { text: `import { createClient } from "client";\n${text}`, changed }],
		["the other is imported from nowhere", { text: "openClient();\n", changed }],
	])("isn't where %s", async (_what, edited) => {
		expect(await usesOf(files, edited)).toEqual([]);
	});
});

describe("what one question takes", () => {
	const users = (count: number): string =>
		Array.from(
			{ length: count },
			(_, i) =>
				`//- /user${String(i).padStart(2, "0")}.ts\nimport { parseLine } from "./parser.ts";\n`,
		).join("");

	test("ends at so many files, and says how many it left out", async () => {
		const found = await usesOf(parser + users(usesLimits.files + 3), renamed);
		expect(found).toHaveLength(usesLimits.files + 1);
		expect(found.at(-1)).toBe("3 unread");
	});

	test("doesn't hold a large file", async () => {
		const large = `//- /large.ts\nimport { parseLine } from "./parser.ts";\n${"parseLine(1);\n".repeat(15_000)}`;
		expect(await usesOf(parser + large + users(1), renamed)).toEqual([
			'user00.ts: import { parseLine } from "./parser.ts";',
			"1 unread",
		]);
	});

	test("says of a file that can't be parsed that it wasn't read", async () => {
		const asked = { ...renamed, unparsable: "user01.ts" };
		expect(await usesOf(parser + users(2), asked)).toEqual([
			'user00.ts: import { parseLine } from "./parser.ts";',
			"1 unread",
		]);
	});

	test("is nothing of secret and ignored files", async () => {
		const use = 'import { parseLine } from "./parser.ts";\n';
		expect(
			await usesOf(
				`${parser}//- /.gitignore\nignored.ts\n${["ignored", ".env", "node_modules/c", "seen"]
					.map((name) => `//- /${name}.ts\n${use}`)
					.join("")}`,
				renamed,
			),
		).toEqual([`seen.ts: ${use.trim()}`]);
	});

	test("is nothing more after an abort", async () => {
		expect(await usesOf(parser + users(2), { ...renamed, signal: AbortSignal.abort() })).toEqual(
			[],
		);
	});
});
