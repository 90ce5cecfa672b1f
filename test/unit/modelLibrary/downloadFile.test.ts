import { readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import {
	bytesOf,
	fileName,
	finished,
	runDownload,
	wanted,
	type DownloadRun,
} from "../../support/hubDownload.ts";
import { ScriptedHub, type HubFaultScript } from "../../support/scriptedHub.ts";
import { TemporaryFolder } from "../../support/temporaryFolder.ts";

const content = bytesOf(100_000);

interface Case {
	readonly faults?: readonly HubFaultScript[];
	/** What an earlier try has left. */
	readonly kept?: Uint8Array;
	readonly tag?: string;
	readonly token?: string;
}

interface Result extends DownloadRun {
	/** The ranges that were asked for, "" for all of it. */
	readonly ranges: readonly string[];
	readonly isRight: boolean;
	readonly left: readonly string[];
}

async function download({ faults = [], kept, tag, token }: Case): Promise<Result> {
	await using hub = await ScriptedHub.start({ [fileName]: content });
	using folder = new TemporaryFolder({
		...(kept !== undefined && { [`${fileName}.part`]: kept }),
		...(tag !== undefined && { [`${fileName}.part.etag`]: tag }),
	});
	hub.faults.push(...faults);
	const run = await runDownload(hub, {
		folder: folder.path,
		file: wanted(content),
		...(token !== undefined && { token }),
	});
	return {
		...run,
		ranges: hub.fileRequests.map(({ headers }) => headers.range ?? ""),
		isRight: finished(folder.path)?.equals(content) === true,
		left: folder.list(),
	};
}

const tagOfContent = `"${wanted(content).checksum.hex}"`;

test("a file comes whole, under its name and alone", async () => {
	expect(await download({})).toMatchObject({
		outcome: "whole",
		isRight: true,
		left: [fileName],
		ranges: [""],
	});
});

test("what is there is asked for no more", async () => {
	await using hub = await ScriptedHub.start({ [fileName]: content });
	using folder = new TemporaryFolder({ [fileName]: content });
	const { outcome } = await runDownload(hub, { folder: folder.path, file: wanted(content) });
	expect([outcome, hub.requests.length]).toEqual(["whole", 0]);
});

test("an empty file needs no request", async () => {
	await using hub = await ScriptedHub.start({});
	using folder = new TemporaryFolder();
	const file = wanted(new Uint8Array());
	const { outcome } = await runDownload(hub, { folder: folder.path, file });
	expect([outcome, hub.requests.length, finished(folder.path)?.length]).toEqual(["whole", 0, 0]);
});

test("a cut connection is gone on with where it ended, after growing pauses", async () => {
	const result = await download({
		faults: [
			{ kind: "cut", afterBytes: 40_000, isHeard: true },
			{ kind: "hangUp" },
			{ kind: "cut", afterBytes: 1, isHeard: true },
		],
	});
	expect(result).toMatchObject({ outcome: "whole", isRight: true, pausesMs: [1000, 2000, 4000] });
	expect(result.ranges).toEqual(["", "bytes=40000-", "bytes=40000-", "bytes=40001-"]);
});

test("what another process left is gone on with, where it is of the same content", async () => {
	const kept = content.subarray(0, 70_000);
	expect(await download({ kept, tag: tagOfContent })).toMatchObject({
		outcome: "whole",
		isRight: true,
		ranges: ["bytes=70000-"],
	});
});

test("what was kept of another content is given up", async () => {
	const kept = bytesOf(50_000);
	expect(await download({ kept, tag: '"other"' })).toMatchObject({
		outcome: "whole",
		isRight: true,
	});
	// Without a tag only the checksum tells.
	expect(await download({ kept })).toMatchObject({ outcome: "whole", isRight: true });
	expect(await download({ kept: bytesOf(200_000) })).toMatchObject({
		outcome: "whole",
		ranges: [""],
	});
});

test.each<readonly [string, readonly HubFaultScript[]]>([
	["ignores the range", [{ kind: "ignoreRange" }]],
	["sends another range", [{ kind: "wrongRange", shift: 5 }]],
	["has no such range", [{ kind: "status", status: 416 }]],
	[
		"fails for a while",
		[
			{ kind: "status", status: 503 },
			{ kind: "status", status: 500 },
		],
	],
	["has too many requests", [{ kind: "status", status: 429, headers: { "retry-after": "7" } }]],
	["sends a wrong byte", [{ kind: "flipByte", at: 77 }]],
	["sends more than the file", [{ kind: "extraBytes", bytes: 10, declared: false }]],
	["sends without an end", [{ kind: "endless" }]],
	["doesn't speak HTTP", [{ kind: "garbage" }]],
	["ends too early, and says nothing", [{ kind: "shortClean", bytes: 100 }]],
])("a hub that once %s gets another chance", async (_, faults) => {
	const kept = content.subarray(0, 30_000);
	expect(await download({ faults, kept })).toMatchObject({
		outcome: "whole",
		isRight: true,
		left: [fileName],
	});
});

test("as long as the hub asks is waited, but no longer than a person would", async () => {
	const asks = (seconds: string): HubFaultScript => ({
		kind: "status",
		status: 429,
		headers: { "retry-after": seconds },
	});
	expect(await download({ faults: [asks("17")] })).toMatchObject({
		outcome: "whole",
		pausesMs: [17_000],
	});
	expect(await download({ faults: [asks("3600")] })).toMatchObject({
		outcome: "hubBusy",
		message: "The hub wants to be asked again in 60 minutes; go on then: what came so far is kept.",
	});
});

const many = (fault: HubFaultScript): readonly HubFaultScript[] =>
	Array.from({ length: 20 }, () => fault);

test.each<readonly [string, Case, string, RegExp]>([
	[
		"cuts every connection",
		{ faults: many({ kind: "cut", afterBytes: 5, isHeard: false }) },
		"hubUnreachable",
		/closed the connection; what came so far is kept/,
	],
	[
		"is down",
		{ faults: many({ kind: "status", status: 502 }) },
		"hubUnreachable",
		/failed with status 502; try again later, or set HF_ENDPOINT/,
	],
	[
		"wants a token",
		{ faults: many({ kind: "status", status: 401 }) },
		"accessDenied",
		/accept its terms there and set HF_TOKEN/,
	],
	[
		"refuses the token",
		{ faults: many({ kind: "status", status: 403 }), token: "hf_abc" },
		"accessDenied",
		/doesn't give maker\/model\/model.safetensors to this token/,
	],
	[
		"has no such file",
		{ faults: many({ kind: "status", status: 404 }) },
		"notFound",
		/check its name/,
	],
	[
		"sends wrong bytes again",
		{ faults: many({ kind: "flipByte", at: 3 }) },
		"hubInvalid",
		/isn't what its checksum says; try again later, or set HF_ENDPOINT to another mirror/,
	],
	[
		"never ends",
		{ faults: many({ kind: "endless" }) },
		"hubInvalid",
		/is larger than it should be/,
	],
	[
		"has another size",
		{ faults: many({ kind: "extraBytes", bytes: 1, declared: true }) },
		"hubInvalid",
		/sends 100001 bytes as maker\/model\/model.safetensors, which has 100000/,
	],
	[
		"sends us in circles",
		{ faults: many({ kind: "redirect", location: `/stored/${fileName}` }) },
		"hubInvalid",
		/in circles/,
	],
	[
		"sends us to a file",
		{ faults: many({ kind: "redirect", location: "file:///etc/passwd" }) },
		"hubInvalid",
		/to a place where Mote doesn't go/,
	],
	[
		"sends us nowhere",
		{ faults: many({ kind: "status", status: 302 }) },
		"hubInvalid",
		/to a place where Mote doesn't go/,
	],
	["asks for tea", { faults: many({ kind: "status", status: 418 }) }, "hubInvalid", /status 418/],
])("a hub that %s ends the download with a sentence", async (_, scripted, code, sentence) => {
	const result = await download(scripted);
	expect(result).toMatchObject({ outcome: code, isRight: false });
	expect(result.message).toMatch(sentence);
	expect(result.left).not.toContain(fileName);
});

test("the page of somebody's login costs nothing of what came", async () => {
	await using hub = await ScriptedHub.start({ [fileName]: content });
	using folder = new TemporaryFolder({ [`${fileName}.part`]: content.subarray(0, 60_000) });
	hub.faults.push({ kind: "status", status: 200, headers: { "content-length": "15" } });
	const run = await runDownload(hub, { folder: folder.path, file: wanted(content) });
	expect(run.outcome).toBe("hubInvalid");
	expect(readFileSync(path.join(folder.path, `${fileName}.part`)).length).toBe(60_000);
});

test("a redirect is followed, with the token to the hub alone", async () => {
	await using storage = await ScriptedHub.start({ [fileName]: content });
	await using hub = await ScriptedHub.start({ [fileName]: content });
	using folder = new TemporaryFolder();
	hub.faults.push(
		{ kind: "redirect", location: `/stored/${fileName}`, status: 307 },
		{ kind: "redirect", location: `${storage.origin}/stored/${fileName}` },
	);
	const run = await runDownload(hub, {
		folder: folder.path,
		file: wanted(content),
		token: "hf_secret",
	});
	expect(run.outcome).toBe("whole");
	expect(hub.requests.map(({ headers }) => headers.authorization)).toEqual([
		"Bearer hf_secret",
		"Bearer hf_secret",
	]);
	expect(storage.requests.map(({ headers }) => headers.authorization)).toEqual([undefined]);
});

test("a pause keeps what came, and the next try goes on with it", async () => {
	await using hub = await ScriptedHub.start({ [fileName]: content });
	using folder = new TemporaryFolder();
	const file = wanted(content);
	hub.faults.push({ kind: "cut", afterBytes: 40_000, isHeard: true });
	const paused = await runDownload(hub, { folder: folder.path, file, pauseAtBytes: 40_000 });
	expect([paused.outcome, finished(folder.path)]).toEqual(["paused", undefined]);
	const resumed = await runDownload(hub, { folder: folder.path, file });
	expect([resumed.outcome, finished(folder.path)?.equals(content)]).toEqual(["whole", true]);
	expect(hub.fileRequests.at(-1)?.headers.range).toBe("bytes=40000-");
	expect(hub.fileRequests.at(-1)?.headers["if-range"]).toBe(tagOfContent);
});

test("a full disk is called that", async () => {
	await using hub = await ScriptedHub.start({ [fileName]: content });
	using folder = new TemporaryFolder();
	symlinkSync("/dev/full", path.join(folder.path, `${fileName}.part`));
	const run = await runDownload(hub, { folder: folder.path, file: wanted(content) });
	expect(run.outcome).toBe("diskFull");
	expect(run.message).toMatch(/^The disk is full at .*; free some space and go on/);
});

test("a folder that is removed meanwhile is called that", async () => {
	await using hub = await ScriptedHub.start({ [fileName]: content });
	using folder = new TemporaryFolder();
	hub.onFileRequest = () => rmSync(folder.path, { recursive: true });
	const run = await runDownload(hub, { folder: folder.path, file: wanted(content) });
	expect(run.outcome).toBe("folderUnusable");
	expect(run.message).toMatch(/its folder was removed meanwhile; install it again/);
});

test("a folder that can't be written is called that", async () => {
	await using hub = await ScriptedHub.start({ [fileName]: content });
	using folder = new TemporaryFolder();
	writeFileSync(path.join(folder.path, "file"), "");
	const inFile = path.join(folder.path, "file");
	const run = await runDownload(hub, { folder: inFile, file: wanted(content) });
	expect([run.outcome, readdirSync(folder.path)]).toEqual(["folderUnusable", ["file"]]);
});
