import { expect, test } from "vitest";
import { noContext } from "../../../../src/context/contextEngine.ts";
import {
	RepositorySet,
	type RepositoryMember,
} from "../../../../src/context/repository/repositorySet.ts";
import type { CopiedQuery } from "../../../../src/context/copied/copiedFile.ts";
import type {
	ExplainedDefinition,
	ExplainQuery,
} from "../../../../src/context/explanation/explanation.ts";
import type { ContextPiece, ContextQuery } from "../../../../src/context/source.ts";

const { signal } = new AbortController();

const foundPiece: ContextPiece = {
	path: "found.ts",
	startLine: 0,
	endLine: 0,
	ranges: [{ startLine: 0, endLine: 0 }],
	text: "x",
	reason: "similarText",
	score: 1,
	tokens: 2,
};

const place = {
	path: "found.ts",
	name: "f",
	kind: "function",
	container: undefined,
	line: 3,
} as const;
const described: ExplainedDefinition = {
	...place,
	languageId: "typescript",
	signature: undefined,
	documentation: undefined,
	members: [{ ...place, signature: undefined, summary: undefined }],
	membersNotShown: 0,
	usages: {
		callers: [{ path: "user.ts", line: 1, count: 1, within: undefined, code: "" }],
		mentions: [],
		tests: [],
		callersNotShown: 0,
		mentionsNotShown: 0,
		testsNotShown: 0,
		ambiguousFiles: 0,
		unreadFiles: 0,
	},
};
const unknown = {
	isParsed: true,
	furtherSubjects: [],
	subjectsNotShown: 0,
	within: undefined,
	calls: [],
	uses: [],
	elsewhere: [],
	unknown: [],
	namesNotShown: 0,
};

/** A folder that answers with what it was asked. */
function member(prefix: string, files: readonly string[] | undefined) {
	const queries: ContextQuery[] = [];
	const explained: ExplainQuery[] = [];
	const copied: CopiedQuery[] = [];
	const client: RepositoryMember["client"] = {
		collect: (query) => {
			queries.push(query);
			return Promise.resolve({
				...noContext,
				pieces: [foundPiece],
				answer: 7,
			});
		},
		explain: (asked) => {
			explained.push(asked);
			return Promise.resolve({
				isComplete: true,
				explanation: {
					...unknown,
					query: asked.kind === "name" ? asked : { ...asked, startLine: 1, endLine: 1 },
					subjects: asked.kind === "name" && prefix === "web/" ? [] : [described],
				},
			});
		},
		copiedFile: (asked) => {
			copied.push(asked);
			const file = { path: "lib/a.ts", line: 3, licence: "MIT", holder: undefined };
			return Promise.resolve(asked.text === `in ${prefix}` ? file : undefined);
		},
		usesElsewhere: ({ path: asked }) =>
			Promise.resolve({
				files: [{ path: `used by ${asked}`, languageId: "go", text: prefix, uses: [] }],
				...{ unreadFiles: 1, isComplete: true },
			}),
		files: () => Promise.resolve(files),
		tokensOf: (path) =>
			Promise.resolve(
				files?.includes(path) === true
					? { file: { fingerprint: prefix + path, tokens: Int32Array.of() } }
					: {},
			),
	};
	return { prefix, client, queries, explained, copied };
}

const query: ContextQuery = {
	path: "api/src/a.ts",
	languageId: "typescript",
	text: "",
	offset: 0,
	recentEdits: [
		{ path: "api/b.ts", startLine: 0, endLine: 0 },
		{ path: "c.ts", startLine: 0, endLine: 0 },
	],
	openFiles: ["c.ts", "api/b.ts"],
	budgetTokens: 500,
};

test("a question goes to the folder of its document, with the paths of that folder", async () => {
	const web = member("", ["c.ts"]);
	const api = member("api/", ["b.ts"]);
	const set = new RepositorySet([web, api]);
	const first = await set.collect(query, signal);
	expect(api.queries[0]).toEqual({
		...query,
		path: "src/a.ts",
		recentEdits: [{ path: "b.ts", startLine: 0, endLine: 0 }],
		openFiles: ["b.ts"],
	});
	expect(first?.pieces.map(({ path }) => path)).toEqual(["api/found.ts"]);
	await set.collect({ ...query, previous: first?.answer }, signal);
	expect(api.queries[1]?.previous).toBe(7);
	await set.collect({ ...query, path: "c.ts" }, signal);
	expect(web.queries).toEqual([{ ...query, path: "c.ts" }]);
});

test("the files of all folders are one list, and each is found in its folder", async () => {
	const set = new RepositorySet([member("", ["a.ts"]), member("api/", ["a.ts"])]);
	expect(await set.files()).toEqual(["a.ts", "api/a.ts"]);
	expect(await set.tokensOf("a.ts")).toMatchObject({ file: { fingerprint: "a.ts" } });
	expect(await set.tokensOf("api/a.ts")).toMatchObject({ file: { fingerprint: "api/a.ts" } });
	expect(await set.tokensOf("api/b.ts")).toEqual({});
});

test("while one folder can't be told of, nothing is told of any", async () => {
	const set = new RepositorySet([member("", ["a.ts"]), member("api/", undefined)]);
	expect(await set.files()).toBeUndefined();
});

test("a document of no folder has no context", async () => {
	const set = new RepositorySet([member("api/", [])]);
	expect(await set.collect({ ...query, path: "elsewhere.ts" }, signal)).toBeUndefined();
});

test("code is explained by its folder, a name by one that knows it, with paths of the workspace", async () => {
	const web = member("web/", []);
	const api = member("api/", []);
	const set = new RepositorySet([web, api]);
	const code = { kind: "code", path: "web/a.ts", text: "x", startLine: 0, endLine: 0 } as const;
	const byCode = await set.explain(code, signal);
	expect(web.explained).toEqual([{ ...code, path: "a.ts" }]);
	expect(api.explained).toEqual([]);
	expect(byCode?.explanation).toMatchObject({
		query: { path: "web/a.ts" },
		subjects: [
			{
				path: "web/found.ts",
				members: [{ path: "web/found.ts" }],
				usages: { callers: [{ path: "web/user.ts" }] },
			},
		],
	});
	const byName = await set.explain({ kind: "name", name: "f" }, signal);
	expect(byName?.explanation.subjects[0]?.path).toBe("api/found.ts");
	expect(await set.explain({ ...code, path: "nowhere/a.ts" }, signal)).toBeUndefined();
});

test("a copied text is looked for in the folder of its document first, then in all others", async () => {
	const web = member("web/", []);
	const api = member("api/", []);
	const set = new RepositorySet([web, api]);
	const found = await set.copiedFile({ path: "api/src/a.ts", text: "in web/" }, signal);
	expect(found?.path).toBe("web/lib/a.ts");
	expect([api.copied, web.copied]).toEqual([
		[{ path: "src/a.ts", text: "in web/" }],
		[{ path: undefined, text: "in web/" }],
	]);
	expect(await set.copiedFile({ path: undefined, text: "in no folder" }, signal)).toBeUndefined();
});

test("uses of what a document defines are looked for in its own folder", async () => {
	const set = new RepositorySet([member("web/", []), member("api/", [])]);
	const query = { path: "api/src/a.ts", text: "", names: [] };
	expect(await set.usesElsewhere(query, signal)).toEqual({
		files: [{ path: "api/used by src/a.ts", languageId: "go", text: "api/", uses: [] }],
		...{ unreadFiles: 1, isComplete: true },
	});
	expect(await set.usesElsewhere({ ...query, path: "nowhere/a.ts" }, signal)).toBeUndefined();
});
