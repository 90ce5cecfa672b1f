/** One run of bench/repositoryIndex.ts: opens the index of a folder, brings it up to date and says what that took. */
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { repositoryInWorker } from "./repositoryInWorker.ts";

const [root = "", storageFolder = "", dist = ""] = process.argv.slice(2);
const updatedFiles = 50;

const idleMegabytes = megabytes(process.memoryUsage.rss());
const start = performance.now();
const client = await repositoryInWorker(root, storageFolder, dist);
// The worker alone doesn't keep the process alive.
const alive = setInterval(() => undefined, 1000);
await client.files();
const opened = performance.now();
await client.scan(new AbortController().signal);
const scanned = performance.now();
const peakMegabytes = process.resourceUsage().maxRSS / 1024;
const processorSeconds = processorSecondsUntilNow();
const files = (await client.files()) ?? [];
const megabytesAtRest = megabytes(process.memoryUsage.rss());

// The first loads the grammar, which later ones don't wait for.
const source = files.filter((file) => /[.](ts|py|go|rs|js|java)$/.test(file));
const updateMs: number[] = [];
for (let turn = 0; turn <= updatedFiles; turn++) {
	const file = source[Math.floor((turn * source.length) / (updatedFiles + 1))];
	if (file !== undefined) {
		const text = `${readFileSync(join(root, file), "utf8")}\n`;
		await client.update(file, text);
		const before = performance.now();
		await client.update(file, `${text}\n`);
		updateMs.push(performance.now() - before);
		await client.update(file);
	}
}

let bytes = 0;
let lines = 0;
for (const file of files) {
	bytes += statSync(join(root, file)).size;
	lines += readFileSync(join(root, file), "latin1").split("\n").length;
}
clearInterval(alive);
await client.dispose();
process.send?.(
	{
		files: files.length,
		bytes,
		lines,
		idleMegabytes,
		openMs: opened - start,
		scanMs: scanned - opened,
		peakMegabytes,
		megabytesAtRest,
		processorSeconds,
		updateMs,
	},
	() => process.disconnect(),
);

function megabytes(count: number): number {
	return count / 2 ** 20;
}

/** Of this process with the processes that it started and that have ended. */
function processorSecondsUntilNow(): number {
	const fields = readFileSync("/proc/self/stat", "utf8")
		.replace(/^.*[)] /s, "")
		.split(" ");
	// utime, stime, cutime and cstime of proc(5), in hundredths of a second.
	return fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0) / 100;
}
