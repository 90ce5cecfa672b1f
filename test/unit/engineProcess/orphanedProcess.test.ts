import { fork } from "node:child_process";
import { once } from "node:events";
import { afterAll, beforeAll, expect, test } from "vitest";
import { bundleChild, type BundledChild } from "../../support/bundledChild.ts";

let child: BundledChild;

beforeAll(async () => {
	child = await bundleChild("test/support/occupiedChild.ts");
});
afterAll(() => child.remove());

test("an engine whose editor was killed ends although a thread of it hangs", async () => {
	const engine = fork(child.path, { silent: true });
	try {
		const ended = once(engine, "exit");
		engine.disconnect();
		expect(await ended).toEqual([null, "SIGKILL"]);
	} finally {
		engine.kill("SIGKILL");
	}
});
