import { describe, expect, test } from "vitest";
import {
	maxFollowedDocuments,
	SearchServer,
} from "../../../../src/extension/nextEdit/searchServer.ts";
import {
	searchReplySchema,
	type SearchReply,
} from "../../../../src/extension/nextEdit/searchProtocol.ts";
import type { TextChange } from "../../../../src/nextEdit/editHistory.ts";

const text = "let total = 1;\nuse(total);\n\nlog(total);\n";

/** The change of the first `old` in a text, in its lines and columns. */
function replaced(current: string, old: string, next: string): TextChange {
	const before = current.slice(0, current.indexOf(old)).split(/\r?\n/);
	const line = before.length - 1;
	const column = before.at(-1)?.length ?? 0;
	return {
		...{ startLine: line, startColumn: column, endLine: line, endColumn: column + old.length },
		text: next,
	};
}

function search(server: SearchServer, current: string, document = "a"): SearchReply | undefined {
	const lines = current.split(/\r?\n/);
	const units = lines.reduce((sum, { length }) => sum + length, 0);
	return server.receive({
		...{ kind: "search", id: 7, document, languageId: "typescript", lines: lines.length, units },
	});
}

/** Where the edits of an answer are, from top to bottom. */
function linesOf(reply: SearchReply | undefined): readonly number[] | undefined {
	return reply?.kind === "found"
		? reply.edits.map(({ edit }) => edit.line).sort((a, b) => a - b)
		: undefined;
}

describe("the search", () => {
	test.each([
		["LF", text],
		["CRLF", text.replaceAll("\n", "\r\n")],
	])("finds what follows from the changes that it was told, with %s", (_end, original) => {
		const server = new SearchServer();
		server.receive({ kind: "open", document: "a", text: original });
		const changes = [replaced(original, "total", "sumOfAll")];
		server.receive({ kind: "change", document: "a", changes, atMs: 1, isUndo: false });
		const reply = search(server, original.replace("total", "sumOfAll"));
		expect(linesOf(reply)).toEqual([1, 3]);
		expect(reply?.kind === "found" && reply.made).toBe(1);
		// What it says can be understood on the other side, and says why.
		const parsed = searchReplySchema.parse(structuredClone(reply));
		expect(parsed.kind === "found" && parsed.edits[0]).toMatchObject({
			edit: { old: ["use(total);"], next: ["use(sumOfAll);"] },
			proposers: ["replacement"],
			support: 1,
		});
		expect(parsed.kind === "found" && parsed.edits[0]?.reasons.length).toBeGreaterThan(0);
	});

	test("finds nothing any more where the change was undone", () => {
		const server = new SearchServer();
		server.receive({ kind: "open", document: "a", text });
		const changed = text.replace("total", "sumOfAll");
		const change = { kind: "change", document: "a", atMs: 1 };
		server.receive({ ...change, changes: [replaced(text, "total", "sumOfAll")], isUndo: false });
		server.receive({ ...change, changes: [replaced(changed, "sumOfAll", "total")], isUndo: true });
		expect(linesOf(search(server, text))).toEqual([]);
	});

	test.each([
		["LF", "\n"],
		["CRLF", "\r\n"],
	])("goes on in another file, with %s", (_end, lineBreak) => {
		const server = new SearchServer();
		const original = "export const total = 1;\n";
		server.receive({ kind: "open", document: "a", text: original });
		const changes = [replaced(original, "total", "sumOfAll")];
		server.receive({ kind: "change", document: "a", changes, atMs: 1, isUndo: false });
		const found = search(server, original.replace("total", "sumOfAll"));
		const names = found?.kind === "found" ? found.leaving : [];
		expect(names).toMatchObject([{ name: "total", next: "sumOfAll", lines: [0] }]);
		const asked = {
			...{ kind: "searchElsewhere", id: 8, document: "a", languageId: "typescript" },
			...{ lines: 2, units: "export const sumOfAll = 1;".length },
			names: names.map(({ name, next }) => ({ name, next })),
			text: ["one();", "", "use(total, '😀', total);"].join(lineBreak),
			uses: [{ name: "total", line: 2, column: 4 }],
		};
		const reply = searchReplySchema.parse(structuredClone(server.receive(structuredClone(asked))));
		expect(reply).toMatchObject({
			...{ kind: "foundElsewhere", id: 8, lines: 3 },
			edits: [{ edit: { line: 2, next: ["use(sumOfAll, '😀', total);"] } }],
		});
		expect(server.receive({ ...asked, units: 1 })).toEqual({ kind: "outOfStep", id: 8 });
	});

	test("says so where it knows another text, until that is opened again", () => {
		const server = new SearchServer();
		expect(search(server, text)).toEqual({ kind: "outOfStep", id: 7 });
		server.receive({ kind: "open", document: "a", text });
		expect(search(server, `${text}x`)).toEqual({ kind: "outOfStep", id: 7 });
		expect(search(server, text)).toEqual({ kind: "outOfStep", id: 7 });
		server.receive({ kind: "open", document: "a", text });
		expect(linesOf(search(server, text))).toEqual([]);
		server.receive({ kind: "close", document: "a" });
		expect(search(server, text)).toEqual({ kind: "outOfStep", id: 7 });
	});

	test("keeps the documents that were asked about last", () => {
		const server = new SearchServer();
		for (let i = 0; i < maxFollowedDocuments; i++) {
			server.receive({ kind: "open", document: `d${i}`, text });
		}
		expect(linesOf(search(server, text, "d0"))).toEqual([]);
		server.receive({ kind: "open", document: "one more", text });
		expect(search(server, text, "d1")?.kind).toBe("outOfStep");
		expect(linesOf(search(server, text, "d0"))).toEqual([]);
	});

	test.each<[string, unknown]>([
		["nothing", undefined],
		[
			"a change without a place",
			{ kind: "change", document: "a", changes: [{ text: "x" }], atMs: 1, isUndo: false },
		],
		[
			"a line that is none",
			{
				kind: "change",
				document: "a",
				changes: [{ ...replaced(text, "total", "x"), startLine: -1 }],
				atMs: 1,
				isUndo: false,
			},
		],
	])("doesn't answer %s, and goes on", (_what, message) => {
		const server = new SearchServer();
		server.receive({ kind: "open", document: "a", text });
		expect(server.receive(message)).toBeUndefined();
		expect(linesOf(search(server, text))).toEqual([]);
	});

	test.each<[string, object]>([
		["of too large a document", { kind: "search", lines: 1e6, units: 1 }],
		["of a kind that is none", { kind: "look", lines: 1, units: 1 }],
	])("answers a search %s, whose client waits for that", (_what, more) => {
		const server = new SearchServer();
		server.receive({ kind: "open", document: "a", text });
		const asked = { id: 1, document: "a", languageId: "x", ...more };
		expect(server.receive(asked)).toEqual({ kind: "outOfStep", id: 1 });
		expect(linesOf(search(server, text))).toEqual([]);
	});

	test("goes on after 10,000 edits and a text of megabytes", () => {
		const server = new SearchServer();
		server.receive({ kind: "open", document: "a", text });
		let current = text;
		for (let i = 0; i < 10_000; i++) {
			const [old, next] = i % 2 === 0 ? ["total", "sumOfAll"] : ["sumOfAll", "total"];
			const changes = [replaced(current, old, next)];
			server.receive({ kind: "change", document: "a", changes, atMs: i * 5000, isUndo: false });
			current = current.replace(old, next);
		}
		expect(current).toBe(text);
		expect(linesOf(search(server, current))).toEqual([]);
		const large = `${text}${"x".repeat(900_000)}`;
		server.receive({ kind: "open", document: "a", text: large });
		expect(linesOf(search(server, large))).toEqual([]);
	});
});
