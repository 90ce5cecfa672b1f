import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
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
