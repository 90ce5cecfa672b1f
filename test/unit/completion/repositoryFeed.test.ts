import { expect, test } from "vitest";
import { RepositoryFeed } from "../../../src/completion/repositoryFeed.ts";
import { EngineError } from "../../../src/engine/errors.ts";
import type { LearnChange, LearnReport } from "../../../src/adaptation/learning.ts";
import { eventually } from "../../support/eventually.ts";
import { FakeClock, settle } from "../../support/fakeClock.ts";
import { recordingLogger } from "../../support/recordingLogger.ts";

/** Files with their fingerprints, and an engine that knows some of them from what was saved. */
function feedOf(files: Map<string, string>, saved: ReadonlyMap<string, string> = new Map()) {
	const changes: string[] = [];
	const warnings: string[] = [];
	const clock = new FakeClock();
	const state = { isGone: false, fault: undefined as Error | undefined };
	const feed = new RepositoryFeed({
		repository: {
			files: () => Promise.resolve(state.isGone ? undefined : [...files.keys()]),
			tokensOf: (path) => {
				const fingerprint = files.get(path);
				const file =
					fingerprint === undefined ? undefined : { fingerprint, tokens: Int32Array.of(1) };
				return Promise.resolve(state.isGone ? undefined : { file });
			},
		},
		learner: {
			learn(change: LearnChange): Promise<LearnReport> {
				if (state.fault !== undefined) {
					return Promise.reject(state.fault);
				}
				changes.push("file" in change ? `${change.kind} ${change.file}` : change.kind);
				const known = change.kind === "open" ? saved : new Map<string, string>();
				return Promise.resolve({ known, files: 0, tokens: 0, bytes: 0 });
			},
		},
		path: "learned.ngrams",
		clock,
		logger: recordingLogger(warnings),
	});
	return { feed, changes, warnings, clock, state };
}

const settled = async (changes: readonly string[], last: string): Promise<void> =>
	eventually(() => changes.at(-1) === last);

test("at the start only what is not as it was saved is learned", async () => {
	const files = new Map([
		["same.ts", "1"],
		["other.ts", "2"],
		["new.ts", "3"],
	]);
	const saved = new Map([
		["same.ts", "1"],
		["other.ts", "1"],
		["gone.ts", "1"],
	]);
	const { feed, changes } = feedOf(files, saved);
	feed.start();
	await settled(changes, "save");
	expect(changes).toEqual(["open", "remove gone.ts", "put other.ts", "put new.ts", "save"]);
});

test("a folder that is deleted is forgotten with all that was in it, and nothing beside it", async () => {
	const files = new Map(["sub/a.ts", "sub/b/c.ts", "subway.ts"].map((file) => [file, "1"]));
	const { feed, changes } = feedOf(files);
	feed.start();
	await settled(changes, "save");
	changes.length = 0;
	files.delete("sub/a.ts");
	files.delete("sub/b/c.ts");
	feed.changed(["sub"]);
	await settled(changes, "remove sub/b/c.ts");
	expect(changes).toEqual(["remove sub/a.ts", "remove sub/b/c.ts"]);
});

test("changes are saved once, when none has come for a while", async () => {
	const files = new Map([["a.ts", "1"]]);
	const { feed, changes, clock } = feedOf(files);
	feed.start();
	await settled(changes, "save");
	for (const fingerprint of ["2", "3"]) {
		changes.length = 0;
		files.set("a.ts", fingerprint);
		feed.changed(["a.ts"]);
		await settled(changes, "put a.ts");
		await clock.advance(20_000);
		expect(changes).toEqual(["put a.ts"]);
	}
	await clock.advance(10_000);
	await settled(changes, "save");
	expect(changes).toEqual(["put a.ts", "save"]);
});

test("a change that changes nothing is neither learned nor saved", async () => {
	const { feed, changes, clock } = feedOf(new Map([["a.ts", "1"]]));
	feed.start();
	await settled(changes, "save");
	changes.length = 0;
	feed.changed(["a.ts", "ignored.log"]);
	await clock.advance(60_000);
	await feed.dispose();
	expect(changes).toEqual([]);
});

test("files that can no longer be told of are not forgotten", async () => {
	const { feed, changes, state } = feedOf(new Map([["a.ts", "1"]]));
	feed.start();
	await settled(changes, "save");
	changes.length = 0;
	state.isGone = true;
	feed.changed(["a.ts"]);
	feed.start();
	await settled(changes, "open");
	await feed.dispose();
	expect(changes).toEqual(["open"]);
});

test("nothing is learned or saved after it was disposed of", async () => {
	const files = new Map([["a.ts", "1"]]);
	const { feed, changes, clock } = feedOf(files);
	feed.start();
	await settled(changes, "save");
	files.set("a.ts", "2");
	feed.changed(["a.ts"]);
	await settled(changes, "put a.ts");
	await feed.dispose();
	changes.length = 0;
	feed.changed(["a.ts"]);
	feed.start();
	await clock.advance(60_000);
	expect(changes).toEqual([]);
});

test("an engine that is gone ends the feed until the next one, and the log says so", async () => {
	const { feed, changes, warnings, state } = feedOf(new Map([["a.ts", "1"]]));
	state.fault = new EngineError("processDied", "The engine's process ended.");
	feed.start();
	await eventually(() => warnings.length > 0);
	expect(warnings).toEqual([expect.stringContaining("is not learned")]);
	state.fault = undefined;
	feed.start();
	await settled(changes, "save");
	expect(changes).toEqual(["open", "put a.ts", "save"]);
});

test("while the model rests nothing is learned and nothing is said, and the next process is fed from the start", async () => {
	const files = new Map([["a.ts", "1"]]);
	const { feed, changes, warnings, state } = feedOf(files);
	feed.start();
	await settled(changes, "save");
	state.fault = new EngineError("resting", "The model isn't loaded now.");
	files.set("a.ts", "2");
	feed.changed(["a.ts"]);
	await settle();
	state.fault = undefined;
	changes.length = 0;
	feed.start();
	await settled(changes, "save");
	expect([changes, warnings]).toEqual([["open", "put a.ts", "save"], []]);
});
