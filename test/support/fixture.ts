import { assert } from "../../src/base/assert.ts";

/**
 * The fixture language: `║` is the cursor, `├…┤` is text inserted at the cursor, `//- /path/file.ts`
 * starts a file. A fixture without a header is one file, and its first line break doesn't count, so that
 * it can begin on a line of its own.
 */
export interface FixtureFile {
	/** Without the leading slash. */
	readonly path: string;
	/** Without markers, and without what stands between `├` and `┤`. */
	readonly text: string;
	/** UTF-16 offset of the `║` or `├`, or undefined where there is none. */
	readonly offset: number | undefined;
	readonly inserted: string | undefined;
}

const header = /^\/\/- \/(\S+)\n/gm;

export function parseFixture(fixture: string): readonly FixtureFile[] {
	const body = fixture.replace(/^\n/, "");
	const headers = [...body.matchAll(header)];
	if (headers.length === 0) {
		return [parseFile("file.ts", body)];
	}
	return headers.map((match, index) =>
		parseFile(
			match[1] ?? "",
			body.slice(match.index + match[0].length, headers[index + 1]?.index ?? body.length),
		),
	);
}

/** The only file of `fixture` that has a cursor. */
export function cursorFile(
	fixture: string,
): FixtureFile & { readonly offset: number; readonly inserted: string } {
	const [file, ...others] = parseFixture(fixture).filter(({ offset }) => offset !== undefined);
	assert(file?.offset !== undefined && others.length === 0, "a fixture has one cursor");
	return { ...file, offset: file.offset, inserted: file.inserted ?? "" };
}

function parseFile(path: string, marked: string): FixtureFile {
	const insertion = /├([^┤]*)┤/.exec(marked);
	if (insertion !== null) {
		const before = marked.slice(0, insertion.index);
		const after = marked.slice(insertion.index + insertion[0].length);
		return { path, text: before + after, offset: before.length, inserted: insertion[1] ?? "" };
	}
	const cursor = marked.indexOf("║");
	return cursor < 0
		? { path, text: marked, offset: undefined, inserted: undefined }
		: { path, text: marked.replace("║", ""), offset: cursor, inserted: undefined };
}
