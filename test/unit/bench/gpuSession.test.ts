import { spawnSync } from "node:child_process";
import { chmodSync, copyFileSync, existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { TemporaryFolder } from "../../support/temporaryFolder.ts";

const scripts = join(import.meta.dirname, "../../../bench/gpu");
const provider = "libonnxruntime_providers_cuda.so";

function run(script: string, args: readonly string[]): readonly [number | null, string] {
	const { status, stderr } = spawnSync("bash", [join(scripts, script), ...args], {
		encoding: "utf8",
	});
	return [status, stderr];
}

test.each(["session.sh", "pack.sh", "receive.sh"])(
	"%s without arguments says its usage",
	(script) => {
		const [status, stderr] = run(script, []);
		expect(status).toBe(1);
		expect(stderr).toContain(`usage: ${script}`);
	},
);

test("a session without CUDA's provider ends at once, and makes nothing", () => {
	using folder = new TemporaryFolder({ "libraries/readme": "" });
	const out = join(folder.path, "out");
	const [status, stderr] = run("session.sh", [out, join(folder.path, "libraries")]);
	expect(status).toBe(1);
	expect(stderr).toContain(`has no ${provider}`);
	expect(existsSync(out)).toBe(false);
});

test("a session runs in what was unpacked only", () => {
	using folder = new TemporaryFolder({ [`libraries/${provider}`]: "" });
	const out = join(folder.path, "out");
	const [status, stderr] = run("session.sh", [out, join(folder.path, "libraries")]);
	expect(status).toBe(1);
	expect(stderr).toContain("unpack with receive.sh");
	expect(existsSync(out)).toBe(false);
});

/** Stands in for Node: fails as an import does, and says so in between other lines. */
const failingNode = `#!/bin/sh
case "$1" in
*gpuBench.js) printf 'cuda\\nUserError: no driver\\n    at once\\n\\nNode.js v0\\n' >&2; exit 3;;
*shapedModel.js) exit 4;;
*gpuReport.js) echo table >"$3/gpu.md";;
*cli.js) kill -9 $$;;
esac
`;

test("a step that fails costs no other, and is written down with what was wrong", () => {
	using folder = new TemporaryFolder({
		"root/node": failingNode,
		[`root/cuda/${provider}`]: "",
		"root/versions.txt": "",
	});
	const root = join(folder.path, "root");
	chmodSync(join(root, "node"), 0o755);
	copyFileSync(join(scripts, "session.sh"), join(root, "session.sh"));
	const steps = (): readonly string[] => {
		const env = { ...process.env, PYTHON: "true", GPU_BENCH: "decode", GPU_LAYERS: "2" };
		const { status } = spawnSync("bash", [join(root, "session.sh"), join(folder.path, "out")], {
			env: { ...env, GPU_SECONDS: "300" },
		});
		expect(status).toBe(0);
		const lines = readFileSync(join(root, "parts/steps.tsv"), "utf8").trim().split("\n");
		return lines.map((line) => line.replace(/\t\d+\t/, ": "));
	};
	const left = ["cuda", "processor"].map(
		(form) => `shaped-2-${form}: left out\tthere is no model of 2 layers`,
	);
	const first = steps();
	expect(first.filter((line) => !line.startsWith("make-shaped"))).toEqual([
		"mote-base-cuda: failed with 3\tUserError: no driver",
		"mote-base-torch: done\t",
		"mote-base-cuda-requests: failed with 3\tUserError: no driver",
		"mote-base-processor: failed with 3\tUserError: no driver",
		left[0],
		"shaped-2-torch: done\t",
		"bench-cuda-decode: failed with 137\t",
		"bench-off-decode: failed with 137\t",
		left[1],
		"mote-base-webgpu: failed with 3\tUserError: no driver",
	]);
	// Another call has only the models to try again.
	const second = steps().slice(first.length);
	expect(second.filter((line) => !line.startsWith("make-shaped"))).toEqual(left);
});

test("a report has no path of the machine that it is of", () => {
	using folder = new TemporaryFolder();
	const at = join(folder.path, "cuda/a.so");
	const results = { cuda: { failed: `no ${at}` } };
	folder.write("parts/a.json", JSON.stringify({ model: "mote-base", results }));
	folder.write("parts/steps.tsv", `a\t1\tfailed with 1\tno ${at}\n`);
	folder.write("parts/machine.txt", `${at}\n`);
	const report = [join(scripts, "report.ts"), join(folder.path, "parts"), folder.path];
	const { status } = spawnSync(process.execPath, ["--experimental-transform-types", ...report]);
	expect(status).toBe(0);
	const [json, markdown] = ["gpu.json", "gpu.md"].map((name) =>
		readFileSync(join(folder.path, name), "utf8"),
	);
	expect(`${json}${markdown}`).not.toContain(folder.path);
	expect(markdown).toContain("| a | 1 | failed with 1 | no cuda/a.so |");
});
