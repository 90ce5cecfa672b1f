import { randomUUID } from "node:crypto";
import {
	readFileSync,
	statSync,
	symlinkSync,
	truncateSync,
	utimesSync,
	writeFileSync,
} from "node:fs";
import path from "node:path";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { defaultSnapshotLimits } from "../../../../src/engine/snapshots/savedPrefixes.ts";
import {
	bodyOffset,
	encodeHead,
	fixedHeadBytes,
} from "../../../../src/engine/snapshots/snapshotHead.ts";
import { someTokens, tokens } from "../../../support/engineRequests.ts";
import { FakeBackend } from "../../../support/fakeBackend.ts";
import { recordingLogger } from "../../../support/recordingLogger.ts";
import {
	bytesOf,
	contentOf,
	filledCache,
	openSaved,
	snapshotModelOf,
} from "../../../support/snapshotFolder.ts";
import { TemporaryFolder } from "../../../support/temporaryFolder.ts";

const always = (): boolean => true;

/** A folder with one snapshot for each of `prompts`, in this order. */
async function folderWith(
	backend: FakeBackend,
	...prompts: readonly (readonly number[])[]
): Promise<TemporaryFolder> {
	const folder = new TemporaryFolder();
	const saved = await openSaved(folder.path, backend);
	for (const prompt of prompts.map((ids) => tokens(...ids))) {
		await saved.save(contentOf(await filledCache(backend, prompt), prompt), always);
	}
	return folder;
}

function onlyFileIn(folder: TemporaryFolder): string {
	const [name, ...others] = folder.list();
	expect(others).toEqual([]);
	return path.join(folder.path, name ?? "");
}

test("what was saved is there after a restart, with its logits", async () => {
	const backend = new FakeBackend();
	using folder = new TemporaryFolder();
	const prompt = someTokens(300);
	const kv = await filledCache(backend, prompt);
	const logits = Float32Array.from({ length: 32 }, (_, i) => i / 3);
	await (await openSaved(folder.path, backend)).save(contentOf(kv, prompt, logits), always);

	const reopened = await openSaved(folder.path, backend);
	const [saved] = reopened.all;
	expect(saved).toMatchObject({ tokens: prompt, logitsAfter: 300 });
	const restored = backend.createKvCache(300);
	expect(saved && (await reopened.load(saved, restored))).toEqual({ logits });
	expect(restored.length).toBe(300);
	expect(bytesOf(backend, restored)).toEqual(bytesOf(backend, kv));
});

test("a beginning of a cache can be saved alone", async () => {
	const backend = new FakeBackend();
	using folder = new TemporaryFolder();
	const kv = await filledCache(backend, someTokens(100));
	const saved = await openSaved(folder.path, backend);
	await saved.save(contentOf(kv, someTokens(70)), always);
	const restored = backend.createKvCache(128);
	const [first] = saved.all;
	expect(first && (await saved.load(first, restored))).toEqual({ logits: undefined });
	expect(bytesOf(backend, restored)).toEqual(bytesOf(backend, kv, 70));
});

test("the files are for the user alone", async () => {
	using folder = await folderWith(new FakeBackend(), someTokens(80));
	expect(statSync(onlyFileIn(folder)).mode & 0o777).toBe(
		process.platform === "win32" ? 0o666 : 0o600,
	);
});

test("snapshots of another model or layout are never taken, and deleted", async () => {
	const backend = new FakeBackend();
	for (const other of [
		{ backend, model: "another" },
		{
			backend: Object.assign(new FakeBackend(), {
				kvLayout: { id: "other", prefixBytes: (n: number) => 4 * n },
			}),
		},
	]) {
		using folder = await folderWith(backend, someTokens(80));
		const saved = await openSaved(folder.path, other.backend, other);
		expect(saved.all).toEqual([]);
		expect(folder.list()).toEqual([]);
	}
});

test("a damaged byte anywhere in the head, and each way of cutting it off, is found", async () => {
	const backend = new FakeBackend();
	const prompt = someTokens(64);
	using folder = await folderWith(backend, prompt);
	const whole = readFileSync(onlyFileIn(folder));
	folder.delete(path.basename(onlyFileIn(folder)));
	const headBytes = bodyOffset(prompt.length);
	const tried = async (bytes: Uint8Array): Promise<void> => {
		folder.write(`${randomUUID()}.kv`, bytes);
		const saved = await openSaved(folder.path, backend);
		expect(saved.all).toEqual([]);
		expect(folder.list()).toEqual([]);
	};
	// Past the tokens there is padding, of which a sample does.
	for (let at = 0; at < headBytes; at += at < fixedHeadBytes + 4 * 64 ? 1 : 97) {
		const damaged = Buffer.from(whole);
		damaged.writeUInt8((damaged[at] ?? 0) ^ (1 << (at % 8)), at);
		await tried(damaged);
	}
	for (const length of [0, 1, fixedHeadBytes - 1, fixedHeadBytes, headBytes, whole.length - 1]) {
		await tried(whole.subarray(0, length));
	}
	await tried(Buffer.concat([whole, Buffer.of(0)]));
});

test("a damaged byte in the body is found when it is read: nothing is restored, one line says so, the file goes", async () => {
	const backend = new FakeBackend();
	const prompt = someTokens(64);
	await fc.assert(
		fc.asyncProperty(fc.nat({ max: 4 * 64 + 4 * 32 - 1 }), fc.nat({ max: 7 }), async (at, bit) => {
			using folder = new TemporaryFolder();
			const log: string[] = [];
			const saved = await openSaved(folder.path, backend, { logger: recordingLogger(log) });
			const kv = await filledCache(backend, prompt);
			await saved.save(contentOf(kv, prompt, new Float32Array(32)), always);
			const file = onlyFileIn(folder);
			const bytes = readFileSync(file);
			const damaged = bodyOffset(64) + at;
			bytes.writeUInt8((bytes[damaged] ?? 0) ^ (1 << bit), damaged);
			writeFileSync(file, bytes);
			const restored = backend.createKvCache(64);
			const [first] = saved.all;
			expect(first && (await saved.load(first, restored))).toBeUndefined();
			expect(restored.length).toBe(0);
			expect([saved.all, folder.list()]).toEqual([[], []]);
			expect(log).toEqual([expect.stringMatching(/^warn: .*damaged and is computed again/)]);
		}),
		{ numRuns: 60 },
	);
});

test("a file that changed or went since it was opened is no fault of a request", async () => {
	const backend = new FakeBackend();
	for (const change of [
		(file: string) => truncateSync(file, 5000),
		(file: string) => writeFileSync(file, "something else"),
		(file: string, folder: TemporaryFolder) => folder.delete(path.basename(file)),
	]) {
		using folder = await folderWith(backend, someTokens(2000));
		const log: string[] = [];
		const saved = await openSaved(folder.path, backend, { logger: recordingLogger(log) });
		change(onlyFileIn(folder), folder);
		const kv = backend.createKvCache(2000);
		const [first] = saved.all;
		expect(first && (await saved.load(first, kv))).toBeUndefined();
		expect(kv.length).toBe(0);
		expect([saved.all, folder.list()]).toEqual([[], []]);
		expect(log).toHaveLength(1);
	}
});

test("a forged head with the right checksum can't name tokens or lengths that the model doesn't have", async () => {
	const backend = new FakeBackend({ contextLength: 128 });
	const model = snapshotModelOf(backend);
	const bodyHash = new Uint8Array(32);
	const forgeries = [
		// Declares more than the context, with a file of the length that this would take.
		{ head: { tokens: someTokens(129), hasLogits: false, bodyHash }, body: 4 * 129 },
		{ head: { tokens: someTokens(2 ** 18), hasLogits: false, bodyHash }, body: 4 },
		{ head: { tokens: [], hasLogits: true, bodyHash }, body: 4 * 32 },
		{ head: { tokens: someTokens(64, 0, 33), hasLogits: false, bodyHash }, body: 4 * 64 },
		{ head: { tokens: tokens(4_294_967_295), hasLogits: false, bodyHash }, body: 4 },
	];
	for (const { head, body } of forgeries) {
		using folder = new TemporaryFolder();
		const log: string[] = [];
		folder.write(
			`${randomUUID()}.kv`,
			Buffer.concat([encodeHead(head, model), Buffer.alloc(body)]),
		);
		const saved = await openSaved(folder.path, backend, { logger: recordingLogger(log) });
		expect([saved.all, folder.list()]).toEqual([[], []]);
		expect(log).toEqual([expect.stringContaining("damaged")]);
	}
});

test("bytes that nobody wrote never crash the opening", async () => {
	const backend = new FakeBackend();
	await fc.assert(
		fc.asyncProperty(fc.uint8Array({ maxLength: 9000 }), fc.boolean(), async (bytes, hasStart) => {
			using folder = new TemporaryFolder();
			const head = encodeHead(
				{ tokens: someTokens(8), hasLogits: false, bodyHash: new Uint8Array(32) },
				snapshotModelOf(backend),
			);
			const start = hasStart ? head.subarray(0, 12) : new Uint8Array();
			folder.write(`${randomUUID()}.kv`, Buffer.concat([start, bytes]));
			expect((await openSaved(folder.path, backend)).all).toEqual([]);
			expect(folder.list()).toEqual([]);
		}),
		{ numRuns: 100 },
	);
});

test("what a killed process left is deleted, what is none of ours stays", async () => {
	const backend = new FakeBackend();
	using folder = await folderWith(backend, someTokens(80));
	using elsewhere = new TemporaryFolder({ "secret.txt": "stays" });
	folder.write(`${randomUUID()}.kv.tmp`, "half");
	folder.write("notes.txt", "mine");
	symlinkSync(
		path.join(elsewhere.path, "secret.txt"),
		path.join(folder.path, `${randomUUID()}.kv`),
	);
	expect((await openSaved(folder.path, backend)).all).toHaveLength(1);
	expect(folder.list()).toEqual([expect.stringMatching(/\.kv$/), "notes.txt"]);
	expect(elsewhere.list()).toEqual(["secret.txt"]);
});

test("a snapshot that nobody used for thirty days is deleted", async () => {
	const backend = new FakeBackend();
	using folder = await folderWith(backend, someTokens(80));
	const day = 24 * 60 * 60 * 1000;
	const { mtimeMs } = statSync(onlyFileIn(folder));
	const openAfter = async (days: number): Promise<number> => {
		const wallTime = (): number => mtimeMs + days * day;
		return (await openSaved(folder.path, backend, { wallTime })).all.length;
	};
	expect(await openAfter(29)).toBe(1);
	expect(await openAfter(31)).toBe(0);
	expect(folder.list()).toEqual([]);
});

test("the least recently used goes first, by count and by bytes, and using counts over restarts", async () => {
	const backend = new FakeBackend();
	const prompts = [1, 2, 3].map((seed) => someTokens(80, seed));
	const fileBytes = 4096 + 4 * 80;
	for (const limits of [
		{ ...defaultSnapshotLimits, maxFiles: 3 },
		{ ...defaultSnapshotLimits, maxBytes: 4 * fileBytes - 1 },
	]) {
		using folder = new TemporaryFolder();
		let nowMs = 1_000_000;
		const options = { limits, wallTime: () => nowMs };
		const first = await openSaved(folder.path, backend, options);
		for (const prompt of prompts) {
			await first.save(contentOf(await filledCache(backend, prompt), prompt), always);
			const written = first.all.at(-1);
			utimesSync(written?.path ?? "", nowMs / 1000, nowMs / 1000);
			nowMs += 1000;
		}
		const [oldest] = first.all;
		expect(oldest?.tokens).toEqual(prompts[0]);
		expect(oldest && (await first.load(oldest, backend.createKvCache(80)))).toBeDefined();

		const second = await openSaved(folder.path, backend, options);
		expect(second.all.map((saved) => saved.tokens)).toEqual([prompts[1], prompts[2], prompts[0]]);
		const newest = someTokens(80, 4);
		await second.save(contentOf(await filledCache(backend, newest), newest), always);
		expect(second.all.map((saved) => saved.tokens)).toEqual([prompts[2], prompts[0], newest]);
		expect(folder.list()).toHaveLength(3);
	}
});

test("a folder with more than is allowed is brought within the limits at the opening", async () => {
	const backend = new FakeBackend();
	using folder = await folderWith(backend, ...[1, 2, 3, 4].map((seed) => someTokens(80, seed)));
	const limits = { ...defaultSnapshotLimits, maxFiles: 2 };
	expect((await openSaved(folder.path, backend, { limits })).all).toHaveLength(2);
	expect(folder.list()).toHaveLength(2);
});

test("a snapshot larger than the whole bound is not written", async () => {
	const backend = new FakeBackend();
	using folder = new TemporaryFolder();
	const limits = { ...defaultSnapshotLimits, maxBytes: 5000 };
	const saved = await openSaved(folder.path, backend, { limits });
	const prompt = someTokens(1000);
	await saved.save(contentOf(await filledCache(backend, prompt), prompt), always);
	expect(folder.list()).toEqual([]);
});

test("a longer prefix takes the place of the one it begins with, another one stands beside it", async () => {
	const backend = new FakeBackend();
	const start = someTokens(80);
	using folder = await folderWith(
		backend,
		start,
		someTokens(80, 5),
		[...start, ...tokens(1, 2, 3)],
		[...start.slice(0, 30), ...someTokens(60, 9)],
	);
	const saved = await openSaved(folder.path, backend);
	expect(saved.all.map((prefix) => prefix.tokens.length).sort()).toEqual([80, 83, 90]);
	expect(folder.list()).toHaveLength(3);
});

test("a writing that is no longer wanted ends before the next piece and leaves nothing", async () => {
	const backend = new FakeBackend({ contextLength: 2 ** 20 });
	using folder = new TemporaryFolder();
	const saved = await openSaved(folder.path, backend);
	// Two pieces.
	const prompt = someTokens(400_000);
	const content = contentOf(await filledCache(backend, prompt), prompt);
	let asked = 0;
	await saved.save(content, () => ++asked < 2);
	expect(asked).toBe(2);
	expect([saved.all, folder.list()]).toEqual([[], []]);
});

test("a folder that can't be made or written costs one line, and nothing else", async () => {
	const backend = new FakeBackend();
	using folder = new TemporaryFolder({ "a file": "" });
	const log: string[] = [];
	const logger = recordingLogger(log);
	const inFile = path.join(folder.path, "a file", "prefixes");
	await expect(openSaved(inFile, backend, { logger })).rejects.toThrow("can't be used");
	expect(log).toEqual([expect.stringContaining("isn't kept for the next start")]);

	const gone = path.join(folder.path, "gone");
	const saved = await openSaved(gone, backend, { logger });
	folder.delete("gone");
	for (const seed of [1, 2]) {
		const prompt = someTokens(80, seed);
		await saved.save(contentOf(await filledCache(backend, prompt), prompt), always);
	}
	expect(log).toHaveLength(2);
	expect(saved.all).toEqual([]);
});
