import { expect, test } from "vitest";
import { createContextEngine } from "../../../../src/context/contextEngine.ts";
import type {
	RepositoryReply,
	RepositoryRequest,
} from "../../../../src/context/repository/repositoryProtocol.ts";
import { RepositoryServer } from "../../../../src/context/repository/repositoryServer.ts";
import { openIndex } from "../../../support/indexedFolder.ts";
import { TemporaryFolder } from "../../../support/temporaryFolder.ts";
import { testTokenizer } from "../../../support/testModel.ts";

/** A server of a real index of these files. */
async function withServer(
	files: Readonly<Record<string, string>>,
	use: (
		ask: (request: RepositoryRequest) => Promise<RepositoryReply | undefined>,
		replies: readonly RepositoryReply[],
		folder: TemporaryFolder,
	) => Promise<void>,
): Promise<void> {
	using folder = new TemporaryFolder(files);
	await using index = await openIndex(folder.path);
	const replies: RepositoryReply[] = [];
	let histories = 0;
	const server = new RepositoryServer({
		index,
		context: createContextEngine({
			index,
			countTokens: (text) => text.length,
			headerTokens: () => 1,
		}),
		tokenizer: testTokenizer,
		readHistory: () => {
			histories++;
			return histories > 1 ? Promise.reject(new Error("read twice")) : Promise.resolve();
		},
		reply: (message) => replies.push(message),
	});
	await use(
		async (request) => {
			await server.receive(request);
			return replies.at(-1);
		},
		replies,
		folder,
	);
}

test("code is explained by what is indexed, and whether all of it is, is said", () =>
	withServer(
		{ "a.ts": "export function f() {}\n", "b.ts": "import { f } from './a';\nf();\n" },
		async (ask) => {
			const query = { kind: "name", name: "f" } as const;
			const before = await ask({ id: 1, operation: "explain", query });
			expect(before).toMatchObject({
				explained: { isComplete: false, explanation: { subjects: [] } },
			});
			await ask({ id: 2, operation: "scan" });
			expect(await ask({ id: 3, operation: "explain", query })).toMatchObject({
				kind: "explained",
				id: 3,
				explained: {
					isComplete: true,
					explanation: {
						subjects: [{ path: "a.ts", line: 0, usages: { callers: [{ path: "b.ts", line: 1 }] } }],
					},
				},
			});
		},
	));

const files = { "a.ts": "export const a = 1;\r\n", "sub/b.ts": "b\n", "sub/c.ts": "c\n" };

test("a scan reports how far it is, and what it has read can be asked", () =>
	withServer(files, async (ask, replies) => {
		expect(await ask({ id: 1, operation: "scan" })).toEqual({ kind: "done", id: 1 });
		expect(replies.slice(0, -1).at(-1)).toEqual({ kind: "progress", filesDone: 3, filesTotal: 3 });
		expect(await ask({ id: 2, operation: "files" })).toEqual({
			kind: "files",
			id: 2,
			paths: ["a.ts", "sub/b.ts", "sub/c.ts"],
		});
	}));

test("tokens are those of the text with line feeds, and content decides on the fingerprint", () =>
	withServer(files, async (ask, _replies, folder) => {
		await ask({ id: 1, operation: "scan" });
		const first = await ask({ id: 2, operation: "tokens", path: "a.ts" });
		folder.write("a.ts", "export const a = 1;\n");
		await ask({ id: 3, operation: "update", path: "a.ts" });
		const again = await ask({ id: 4, operation: "tokens", path: "a.ts" });
		expect(again).toEqual({ ...first, id: 4 });
		await ask({ id: 5, operation: "update", path: "a.ts", text: "export const a = 2;\n" });
		expect(await ask({ id: 6, operation: "tokens", path: "a.ts" })).not.toEqual({
			...first,
			id: 6,
		});
	}));

test("a folder is forgotten with all that was in it", () =>
	withServer(files, async (ask) => {
		await ask({ id: 1, operation: "scan" });
		await ask({ id: 2, operation: "remove", path: "sub" });
		expect(await ask({ id: 3, operation: "files" })).toMatchObject({ paths: ["a.ts"] });
		expect(await ask({ id: 4, operation: "tokens", path: "sub/b.ts" })).toEqual({
			kind: "tokens",
			id: 4,
			file: undefined,
		});
	}));

test("an abort ends the scan of its number", () =>
	withServer(files, async (ask) => {
		const scan = ask({ id: 1, operation: "scan" });
		await ask({ id: 1, operation: "abort" });
		await scan;
		expect(await ask({ id: 2, operation: "files" })).toMatchObject({ paths: [] });
	}));

test("a fault ends one request, and what is no request is said", () =>
	withServer(files, async (ask) => {
		expect(await ask({ id: 1, operation: "readHistory" })).toEqual({ kind: "done", id: 1 });
		expect(await ask({ id: 2, operation: "readHistory" })).toEqual({
			kind: "failed",
			id: 2,
			message: "read twice",
		});
		const nonsense: unknown = { id: 3, operation: "destroy" };
		expect(await ask(nonsense as RepositoryRequest)).toMatchObject({ kind: "warning" });
		expect(await ask({ id: 4, operation: "files" })).toMatchObject({ kind: "files" });
	}));

test("which file with a licence has the same text can be asked", () =>
	withServer(
		{ "lib/long.ts": `// SPDX-License-Identifier: MIT\n${longText}`, "mine.ts": "export {};\n" },
		async (ask) => {
			await ask({ id: 1, operation: "scan" });
			const query = { path: "mine.ts", text: longText };
			expect(await ask({ id: 2, operation: "copied", query })).toEqual({
				...{ kind: "copied", id: 2 },
				file: { path: "lib/long.ts", line: 1, licence: "MIT", holder: undefined },
			});
			const other = { path: "mine.ts", text: longText.replaceAll("total", "sum") };
			expect(await ask({ id: 3, operation: "copied", query: other })).toMatchObject({
				file: undefined,
			});
		},
	));

const longText =
	"export const total = (all: readonly { size: number }[]) =>\n\tall.reduce((total, one) => total + one.size, 0) / Math.max(1, all.length);\n";

test("uses of what a document defines are found by what is indexed, and whether all of it is, is said", () =>
	withServer(
		{ "a.ts": "export function f00() {}\n", "b.ts": "import { f00 } from './a';\n" },
		async (ask) => {
			const names = [{ name: "f00", next: "f11", lines: [0], isRepeated: false }];
			const query = { path: "a.ts", text: "export function f11() {}\n", names };
			expect(await ask({ id: 1, operation: "uses", query })).toEqual({
				...{ kind: "uses", id: 1 },
				found: { files: [], unreadFiles: 0, isComplete: false },
			});
			await ask({ id: 2, operation: "scan" });
			expect(await ask({ id: 3, operation: "uses", query })).toMatchObject({
				found: { files: [{ path: "b.ts", uses: [{ line: 0, column: 9 }] }], isComplete: true },
			});
		},
	));
