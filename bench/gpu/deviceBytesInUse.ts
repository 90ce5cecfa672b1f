import { execFile } from "node:child_process";
import { promisify } from "node:util";

const run = promisify(execFile);
const patienceMs = 10_000;

/** Memory of all cards that is in use, by whomever, as NVIDIA's tool tells it; undefined where there is none. */
export async function deviceBytesInUse(): Promise<number | undefined> {
	try {
		const { stdout } = await run(
			"nvidia-smi",
			["--query-gpu=memory.used", "--format=csv,noheader,nounits"],
			{ timeout: patienceMs },
		);
		const mebibytes = stdout.trim().split("\n").map(Number);
		const sum = mebibytes.reduce((total, each) => total + each, 0);
		return Number.isFinite(sum) ? sum * 2 ** 20 : undefined;
	} catch {
		// Without NVIDIA's driver there is no such tool, and nothing to tell.
		return undefined;
	}
}
