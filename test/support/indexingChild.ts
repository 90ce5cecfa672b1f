/**
 * A process that edits and indexes a folder without end, until it is killed. Its arguments are the folder, the
 * folder of the database, the seed of the edits, and where the grammars and queries are. Sends a message
 * after every step.
 */
import { rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { nullLogger } from "../../src/base/log.ts";
import { openRepositoryIndex } from "../../src/context/index/openRepositoryIndex.ts";

const [root = "", storageFolder = "", seed = "1", runtime = "", folder = "", queryFolder = ""] =
	process.argv.slice(2);

let state = Number(seed);
/** A whole number below `bound` (Lehmer's generator). */
function random(bound: number): number {
	state = (state * 48_271) % 2_147_483_647;
	return state % bound;
}

const index = await openRepositoryIndex({
	root,
	storageFolder,
	queryFolder,
	grammarFiles: { runtime, folder },
	logger: { ...nullLogger, warn: (message) => process.send?.(`warning: ${message}`) },
});
process.send?.("open");
for (let step = 0; ; step++) {
	const number = random(30);
	const file = number % 2 === 0 ? `f${number}.ts` : `f${number}.py`;
	const name = `name${random(1000)}`;
	const text =
		number % 2 === 0
			? `import { ${name} } from "./f${random(30)}";\nexport class C${name} { ${name}() {} }\n`
			: `from f${random(30)} import ${name}\ndef ${name}(a):\n    return a\n`;
	if (random(5) === 0) {
		rmSync(path.join(root, file), { force: true });
	} else {
		writeFileSync(path.join(root, file), text.repeat(1 + random(40)));
	}
	if (random(3) === 0) {
		await index.scan(new AbortController().signal);
	} else {
		await index.update(file);
	}
	process.send?.("step");
}
