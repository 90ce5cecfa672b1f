/**
 * Tries the laws of the core with inputs that no run had before:
 *
 *     npm run laws -- --seeds 10 [file or folder of tests ...]
 *
 * Ends with the seeds that broke one, and 1; a test is tried again with `MOTE_LAW_SEED=… npm run test:unit -- FILE`.
 */
import { spawnSync } from "node:child_process";
import { randomInt } from "node:crypto";
import { parseArgs } from "node:util";
import { developmentNode, installPackages, repositoryRoot } from "./install.mjs";

const { values, positionals } = parseArgs({
	options: { seeds: { type: "string", default: "3" } },
	allowPositionals: true,
});
const files = positionals.length > 0 ? positionals : ["test/property"];

await installPackages();
const broken = [];
for (let tried = 0; tried < Number.parseInt(values.seeds, 10); tried++) {
	const seed = randomInt(2 ** 31);
	console.log(`=== seed ${seed}`);
	const { status } = spawnSync(
		developmentNode(),
		["node_modules/vitest/vitest.mjs", "run", "--project", "core", ...files],
		{
			cwd: repositoryRoot,
			stdio: "inherit",
			env: { ...process.env, MOTE_LAW_SEED: String(seed) },
		},
	);
	if (status !== 0) {
		broken.push(seed);
	}
}
console.log(broken.length === 0 ? "No law broke." : `Seeds that broke a law: ${broken.join(", ")}`);
process.exitCode = broken.length === 0 ? 0 : 1;
