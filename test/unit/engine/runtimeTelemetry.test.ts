import { execFileSync } from "node:child_process";
import { readdirSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { afterEach, beforeEach, expect, test } from "vitest";
import { loadAddon } from "../../../src/engine/native/addon.ts";
import { hangMs } from "../../support/hangGuard.ts";
import { TemporaryFolder } from "../../support/temporaryFolder.ts";

const repositoryRoot = path.join(import.meta.dirname, "../../..");

let before: string | undefined;

beforeEach(() => {
	before = process.env["ORT_DISABLE_TELEMETRY"];
	delete process.env["ORT_DISABLE_TELEMETRY"];
});

afterEach(() => {
	delete process.env["ORT_DISABLE_TELEMETRY"];
	Object.assign(process.env, before === undefined ? {} : { ORT_DISABLE_TELEMETRY: before });
});

test("the runtime is loaded with its telemetry off: it leaves no identifier of this machine", () => {
	using home = new TemporaryFolder();
	const runtime = pathToFileURL(path.join(repositoryRoot, "src/engine/ort/runtime.ts")).href;
	const model = path.join(repositoryRoot, "models/mote-nano/model.onnx");
	const program = `
		import { loadRuntime } from ${JSON.stringify(runtime)};
		const { InferenceSession } = await loadRuntime();
		const session = await InferenceSession.create(${JSON.stringify(model)}, { logSeverityLevel: 3 });
		console.log(session.inputNames.length > 0);
	`;
	const types = ["--experimental-transform-types", "--disable-warning=ExperimentalWarning"];
	const printed = execFileSync(
		process.execPath,
		[...types, "--input-type=module", "--eval", program],
		{
			// Nothing of what would keep it silent by itself: it takes some variables for those of a machine that only tests.
			env: {
				...{ HOME: home.path, USERPROFILE: home.path, LOCALAPPDATA: home.path },
				...{ PATH: process.env["PATH"], SystemRoot: process.env["SystemRoot"] },
			},
			encoding: "utf8",
			timeout: hangMs,
		},
	);
	expect(printed).toBe("true\n");
	expect(readdirSync(home.path)).toEqual([]);
});

test("the addon is loaded with the telemetry of the runtime off", () => {
	expect(loadAddon("/nowhere/mote.node").kind).toBe("unavailable");
	expect(process.env["ORT_DISABLE_TELEMETRY"]).toBe("1");
});
