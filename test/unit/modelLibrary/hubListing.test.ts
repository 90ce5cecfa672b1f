import type { ServerResponse } from "node:http";
import { expect, test } from "vitest";
import { checkpointFiles } from "../../../src/modelLibrary/checkpointFiles.ts";
import { parseHubAddress, parseRepository } from "../../../src/modelLibrary/hub/hubAddress.ts";
import { listRepository, type Listing } from "../../../src/modelLibrary/hub/hubListing.ts";
import { LibraryError } from "../../../src/modelLibrary/libraryError.ts";
import { HastyClock } from "../../support/hastyClock.ts";
import { longestPauseMs } from "../../support/hubDownload.ts";
import { commit, ScriptedHub } from "../../support/scriptedHub.ts";

const files = { "config.json": "{}", "tokenizer.json": "{}", "model.safetensors": "weights" };
const maker = parseRepository("maker/model");

async function list(hub: ScriptedHub, token?: string): Promise<Listing | string> {
	try {
		const connection = hub.connection(new HastyClock(longestPauseMs), token);
		const { signal } = new AbortController();
		return await listRepository(connection, maker, { signal });
	} catch (error) {
		if (!(error instanceof LibraryError)) {
			throw error;
		}
		return `${error.code}: ${error.message.replaceAll(hub.origin, "HUB")}`;
	}
}

test("a repository is listed at one commit, with the hub's own checksums", async () => {
	await using hub = await ScriptedHub.start(files);
	const listing = await list(hub, "hf_token");
	expect(listing).toMatchObject({
		commit,
		files: [
			{ path: "config.json", bytes: 2, checksum: { kind: "gitBlob" } },
			{ path: "tokenizer.json", bytes: 2, checksum: { kind: "gitBlob" } },
			{ path: "model.safetensors", bytes: 7, checksum: { kind: "sha256" } },
		],
	});
	expect(hub.requests.map(({ headers }) => headers.authorization)).toEqual([
		"Bearer hf_token",
		"Bearer hf_token",
	]);
});

test.each([
	"../../.bashrc",
	"a/../../b",
	"/etc/passwd",
	"C:/Windows/x",
	"..\\x",
	"a//b",
	"a/./b",
	"x\u0000y",
])("a list with the file %j is refused whole", async (hostile) => {
	await using hub = await ScriptedHub.start(files);
	hub.strangers.push({ type: "file", path: hostile, size: 1, oid: "0".repeat(40) });
	expect(await list(hub)).toMatch(
		/^hubInvalid: HUB lists a file whose name leads out of its folder/,
	);
});

test.each<readonly [string, Readonly<Record<string, unknown>>]>([
	["no size", { size: undefined }],
	["a negative size", { size: -1 }],
	["a size beyond all disks", { size: 2 ** 60 }],
	["no checksum", { oid: undefined }],
	["a checksum of another length", { oid: "abc" }],
	["two sizes", { lfs: { oid: "a".repeat(64), size: 3 } }],
	["an LFS checksum that is none", { lfs: { oid: "x".repeat(64), size: 2 } }],
])("a list with a file of %s is refused", async (_, lie) => {
	await using hub = await ScriptedHub.start(files);
	hub.lies.set("config.json", lie);
	expect(await list(hub)).toMatch(/^hubInvalid: HUB .*HF_ENDPOINT to another mirror[.]$/);
});

const body =
	(status: number, text: string, headers: Readonly<Record<string, string>> = {}) =>
	(response: ServerResponse): boolean => {
		response.writeHead(status, headers).end(text);
		return true;
	};

test.each<readonly [string, (response: ServerResponse, path: string) => boolean, RegExp]>([
	["has no such model", body(404, "{}"), /^notFound: HUB has no maker\/model; check its name/],
	["wants a token", body(401, "{}"), /^accessDenied: .*accept its terms there and set HF_TOKEN/],
	["is down", body(503, ""), /^hubUnreachable: HUB failed with status 503/],
	["sends a web page", body(200, "<html>"), /^hubInvalid: .*can't be read/],
	["sends something else", body(200, "null"), /^hubInvalid: .*can't be read/],
	["sends a commit that is none", body(200, '{"sha":"main"}'), /^hubInvalid: .*can't be read/],
	[
		"asks for an hour",
		body(429, "", { "retry-after": "3600" }),
		/^hubBusy: The hub wants to be asked again in 60 minutes/,
	],
	[
		"never ends",
		(response) => {
			response.writeHead(200);
			const piece = Buffer.alloc(65_536, " ");
			const send = (): void => {
				while (!response.destroyed && response.write(piece));
			};
			response.on("drain", send);
			send();
			return true;
		},
		/^hubInvalid: HUB sends a list of files without an end/,
	],
])("a hub that %s is said so", async (_, answer, sentence) => {
	await using hub = await ScriptedHub.start(files);
	hub.answerListing = answer;
	expect(await list(hub)).toMatch(sentence);
});

test("whoever asks for a model hears soon that the hub can't be reached, but not at the first stumble", async () => {
	await using hub = await ScriptedHub.start(files);
	let failures = 2;
	hub.answerListing = (response) => {
		if (failures-- <= 0) {
			return false;
		}
		response.destroy();
		return true;
	};
	expect(await list(hub)).toMatchObject({ commit });
	failures = 3;
	expect(await list(hub)).toMatch(/^hubUnreachable: HUB closed the connection/);
});

test("a list goes on over pages of the hub, never somewhere else, and not for ever", async () => {
	await using elsewhere = await ScriptedHub.start(files);
	await using hub = await ScriptedHub.start(files);
	const pageTo =
		(next: (path: string) => string) =>
		(response: ServerResponse, path: string): boolean => {
			if (!path.includes("/tree/")) {
				return false;
			}
			response.writeHead(200, { link: `<${next(path)}>; rel="next"` }).end("[]");
			return true;
		};
	hub.answerListing = pageTo(() => `${elsewhere.origin}/api/models/maker/model/tree/${commit}`);
	expect(await list(hub, "hf_token")).toMatch(
		/^hubInvalid: HUB has its list of files somewhere else/,
	);
	expect(elsewhere.requests).toEqual([]);
	hub.answerListing = pageTo((path) => `${hub.origin}${path}&more`);
	expect(await list(hub)).toMatch(
		/^hubInvalid: HUB lists more files of maker\/model than a model has/,
	);
});

test("a machine that is offline is called that", async () => {
	const connection = {
		address: parseHubAddress("https://hub.example"),
		// What Node's fetch rejects with where no name is resolved.
		fetch: () =>
			Promise.reject(
				new TypeError("fetch failed", {
					cause: Object.assign(new Error("getaddrinfo ENOTFOUND hub.example"), {
						code: "ENOTFOUND",
					}),
				}),
			),
		token: () => Promise.resolve(undefined),
		clock: new HastyClock(longestPauseMs),
	};
	const { signal } = new AbortController();
	await expect(listRepository(connection, maker, { signal })).rejects.toThrow(
		"https://hub.example can't be reached from here; check that this machine is online, its proxy, or set HF_ENDPOINT to a mirror.",
	);
});

test("a token goes neither over an open connection nor with odd characters", async () => {
	const ask = (address: string, token: string): Promise<unknown> =>
		listRepository(
			{
				address: parseHubAddress(address),
				fetch: () => Promise.reject(new Error("nothing may be sent")),
				token: () => Promise.resolve(token),
				clock: new HastyClock(longestPauseMs),
			},
			maker,
			{ signal: new AbortController().signal },
		);
	await expect(ask("http://hub.example", "hf_x")).rejects.toThrow(/anyone between could read it/);
	await expect(ask("https://hub.example", "hf_x\ny")).rejects.toThrow(
		/can't be sent; set it again/,
	);
});

const listed = (...paths: readonly string[]): Listing["files"] =>
	paths.map((path) => ({ path, bytes: 1, checksum: { kind: "gitBlob", hex: "0".repeat(40) } }));

test.each<readonly [readonly string[], string]>([
	[
		[
			"model.safetensors",
			"tokenizer.json",
			"README.md",
			"config.json",
			"onnx/model.onnx",
			"LICENSE",
		],
		"config.json tokenizer.json LICENSE model.safetensors",
	],
	[
		[
			"config.json",
			"tokenizer.json",
			"chat_template.jinja",
			"model.safetensors.index.json",
			"model-00002-of-00002.safetensors",
			"model-00001-of-00002.safetensors",
			"consolidated.safetensors",
			"pytorch_model.bin",
		],
		"config.json tokenizer.json chat_template.jinja model.safetensors.index.json model-00001-of-00002.safetensors model-00002-of-00002.safetensors",
	],
])("of %j what an import needs is fetched, the small ones first", (paths, wanted) => {
	const names = checkpointFiles(listed(...paths), "a/b").map(({ name }) => name);
	expect(names.join(" ")).toBe(wanted);
});

test.each<readonly [readonly string[], string]>([
	[["model.Q4_0.gguf"], "a/b has no config.json but GGUF files, which can't be installed"],
	[
		["config.json", "tokenizer.json", "onnx/model.onnx"],
		"has no weights as safetensors but ONNX files",
	],
	[
		["config.json", "tokenizer.json", "pytorch_model.bin"],
		"no weights as safetensors but PyTorch files",
	],
	[["config.json", "model.safetensors"], "a/b has no tokenizer.json, which can't"],
	[["config.json", "tokenizer.json", "model-1-of-2.safetensors"], "has no weights as safetensors"],
])("of %j nothing can be installed", (paths, sentence) => {
	expect(() => checkpointFiles(listed(...paths), "a/b")).toThrow(sentence);
});
