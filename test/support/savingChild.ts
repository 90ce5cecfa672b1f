/**
 * A process that saves prefixes of a fake model into a folder without end, until it is killed. Its arguments are
 * the folder and a seed. Sends a message before and after each, and each warning.
 */
import { nullLogger } from "../../src/base/log.ts";
import { someTokens } from "./engineRequests.ts";
import { FakeBackend } from "./fakeBackend.ts";
import { contentOf, filledCache, openSaved } from "./snapshotFolder.ts";

const [folder = "", seed = "0"] = process.argv.slice(2);
const backend = new FakeBackend({ contextLength: 2 ** 20 });
const saved = await openSaved(folder, backend, {
	logger: { ...nullLogger, warn: (message) => process.send?.(`warning: ${message}`) },
});
for (let step = Number(seed); ; step++) {
	// The second of two is so long that it is written in several pieces.
	const prompt = someTokens(step % 2 === 0 ? 200 : 300_000, step);
	const kv = await filledCache(backend, prompt);
	process.send?.("saving");
	await saved.save(contentOf(kv, prompt), () => true);
	process.send?.("saved");
	kv.dispose();
}
