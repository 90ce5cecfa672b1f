import { expect, test } from "vitest";
import { changedSettings } from "../../../../src/extension/diagnostics/changedSettings.ts";
import { diagnosticsReport } from "../../../../src/extension/diagnostics/diagnosticsReport.ts";
import { plainWords } from "../../../../src/extension/diagnostics/plainWords.ts";
import { RecentProblems } from "../../../../src/extension/diagnostics/recentProblems.ts";
import { settingDeclarations } from "../../../../src/extension/settings.ts";
import { recordingLogger } from "../../../support/recordingLogger.ts";

const nobody = { folders: [], names: [] };

test("a report says what a helper needs, in order", () => {
	expect(
		diagnosticsReport({
			versions: { mote: "0.1.0", editor: "Visual Studio Code 1.120.0", node: "24.1.0" },
			machine: {
				system: "linux x64 6.8.0-45-generic",
				processor: "AMD Ryzen 7 PRO 5850U with Radeon Graphics",
				cores: 16,
				memoryBytes: 16 * 2 ** 30,
				usableMemoryBytes: 8 * 2 ** 30,
				remote: "ssh-remote",
			},
			engine: {
				kind: "ready",
				model: {
					name: "mote-nano",
					backendName:
						"ONNX Runtime, CPU, 8 threads, portable experts (3.1 times as fast as QMoE here)",
					because: {
						kind: "fault",
						sentence: "The file /opt/m/weights.bin is damaged; install again.",
					},
				},
			},
			bundledModels: ["mote-base", "mote-nano"],
			isTrusted: false,
			server: "another machine",
			changedSettings: ["mote.completion.debounceMs: 0", "mote.server.url: set"],
			lastSilence: [
				{ state: "passed", text: "A key asked, or the cursor's move, in typescript." },
				{ state: "stopped", text: "The prompt has 1,432 tokens, right with 82.9 %." },
			],
			problems: [{ level: "warning", message: "No completion: it gave up.", atMs: 0 }],
			nowMs: 185_000,
			privateNames: nobody,
		}),
	).toMatchInlineSnapshot(`
		"# Diagnostics of Mote

		No code, no path, no name of a file or of a server is in this report; “…” stands where something was taken out.

		## Versions

		- Mote 0.1.0
		- Visual Studio Code 1.120.0
		- Node 24.1.0

		## Machine

		- linux x64 6.8.0-45-generic
		- AMD Ryzen 7 PRO 5850U with Radeon Graphics, 16 cores
		- 16.0 GiB of memory, 8.0 GiB of them for this
		- remote host: ssh-remote

		## Model

		- mote-nano
		- runs on: ONNX Runtime, CPU, 8 threads, portable experts (3.1 times as fast as QMoE here)
		- because: The file … is damaged; install again.

		## Surroundings

		- a workspace that isn't trusted
		- server: another machine

		## Settings that differ from their defaults

		- mote.completion.debounceMs: 0
		- mote.server.url: set

		## The last request that gave nothing

		- ✓ A key asked, or the cursor's move, in typescript.
		- ✗ The prompt has 1,432 tokens, right with 82.9 %.

		## What went wrong last

		- warning, 3 min ago: No completion: it gave up.
		"
	`);
});

test.each([
	["CPU, 2 threads, AVX-512 VNNI, int8", "CPU, 2 threads, AVX-512 VNNI, int8"],
	[
		"The setting mote.completion.model is ignored.",
		"The setting mote.completion.model is ignored.",
	],
	[
		"Can't open C:\\Users\\ann\\x.ts: EACCES, permission denied.",
		"Can't open … EACCES, permission denied.",
	],
	["http://127.0.0.1:8000/v1 does not answer (ECONNREFUSED).", "… does not answer (ECONNREFUSED)."],
	["TypeError: foo is not a function", "TypeError"],
	["Says “a secret” and `code` and 'more'.", "Says … and … and …."],
	["sk-abc123DEF456 was refused.", "… was refused."],
])("of %j is left: %j", (message, left) => {
	// A gap and the punctuation behind it may stand apart.
	expect(
		plainWords(message, nobody)
			.replaceAll(/… (?=[.,;:])/g, "…")
			.replaceAll("…:", "…"),
	).toBe(left);
});

test.each([
	[
		"Project Falcon is not read: of a workspace, 4 folders are.",
		"… is not read: of a workspace, 4 folders are.",
	],
	["It is PROJECT  falcon.", "It is …."],
	["The model in /data/Acme Secret Merger/model has a manifest.", "The model in … has a manifest."],
	[
		"The model in D:\\Acme Secret Merger\\my model has a manifest.",
		"The model in … has a manifest.",
	],
	["Use //host/Top Secret/x and /a/More of it/b now.", "Use … now."],
	["It takes the input/output of both, and/or neither.", "It takes the … of both, … neither."],
])("names and paths with spaces: of %j is left: %j", (message, left) => {
	const folders = ["D:\\Acme Secret Merger\\my model"];
	expect(plainWords(message, { folders, names: ["Project Falcon"] })).toBe(left);
});

test("settings are said by value only where the value can't be somebody's own words", () => {
	const values: Record<string, unknown> = {
		...Object.fromEntries(
			Object.entries(settingDeclarations).map(([key, { default: value }]) => [key, value]),
		),
		enabledLanguages: { "*": true, "secret-language": false },
		"completion.minJointProbability": 0.7,
		"completion.multiline": "never",
		"completion.model": "/home/ann/model",
		"completion.debounceMs": "secret",
		"server.url": "https://secret.example",
		"server.kind": "vllm",
		"chat.modelPath": "/secret",
		"statistics.enable": false,
	};
	const lines = changedSettings({ get: (key) => values[key] });
	expect(lines).toEqual([
		"mote.enabledLanguages: 2 entries",
		"mote.completion.debounceMs: a value that is ignored",
		"mote.completion.minJointProbability: 0.7",
		"mote.completion.multiline: never",
		"mote.completion.model: set",
		"mote.statistics.enable: false",
		"mote.chat.modelPath: set",
		"mote.server.url: set",
		"mote.server.kind: vllm",
	]);
	expect(lines.join()).not.toMatch(/secret|ann/);
});

test("the last problems are remembered, and logged as ever", () => {
	const log: string[] = [];
	let now = 0;
	const problems = new RecentProblems(recordingLogger(log), () => now++);
	for (let at = 0; at < 30; at++) {
		problems.warn(`problem ${at}`);
		problems.debug("not one");
	}
	problems.error("x".repeat(5000));
	expect([problems.problems.length, log.length]).toEqual([20, 31]);
	expect(problems.problems.at(-2)).toEqual({ level: "warning", message: "problem 29", atMs: 29 });
	expect(problems.problems.at(-1)?.message.length).toBe(2000);
});
