import fc from "fast-check";
import { expect, test } from "vitest";
import { FaultLog } from "../../src/completion/faultLog.ts";
import {
	diagnosticsReport,
	type DiagnosticsFacts,
} from "../../src/extension/diagnostics/diagnosticsReport.ts";
import { RecentProblems } from "../../src/extension/diagnostics/recentProblems.ts";
import { nullLogger } from "../../src/base/log.ts";
import { UserError } from "../../src/base/userError.ts";

const secret = fc.stringMatching(/^zq[a-z]{3,8}\d?$/);
const separator = fc.constantFrom("/", "\\");

/** A path of someone, in the ways in which systems and programs write paths. */
const paths = fc
	.tuple(
		fc.constantFrom(
			"/home",
			"C:\\Users",
			"\\\\server\\share",
			"file:///home",
			"vscode-remote://ssh",
			"~",
			".",
			"..",
		),
		fc.array(secret, { minLength: 1, maxLength: 4 }),
		separator,
		fc.constantFrom("", ".ts", ".env", " copy.ts", ":12:5", "?x=1"),
	)
	.map(([root, parts, slash, end]) => ({
		secrets: parts,
		text: `${root}${slash}${parts.join(slash)}${end}`,
	}));

/** Text of a document, in the ways in which a message may bring it along. */
const documentTexts = fc
	.tuple(
		fc.array(secret, { minLength: 1, maxLength: 4 }),
		fc.constantFrom(
			(text: string) => `Unexpected token 'z', "${text}"... is not valid JSON`,
			(text: string) => `The name “${text}” can't be read.`,
			(text: string) => `Cannot parse \`${text}\` here`,
			(text: string) => `It says '${text}' there.`,
			(text: string) => `TypeError: ${text} is not a function\n    at ${text} (x.ts:1:2)`,
			(text: string) =>
				`A completion failed because of a bug in this extension: RangeError: ${text}`,
			(text: string) => `const ${text} = ${text}(${text});`.replaceAll(/(\w+)/g, "$1_x"),
			(text: string) => `First line.\n${text}`,
			(text: string) => `https://${text.replaceAll(" ", ".")}.example/v1 does not answer.`,
			(text: string) => `${text.replaceAll(" ", "@")}@example.org`,
		),
	)
	.map(([secrets, said]) => ({ secrets, text: said(secrets.join(" ")) }));

const material = fc.oneof(paths, documentTexts);

function factsWith(rest: Partial<DiagnosticsFacts>): DiagnosticsFacts {
	return {
		versions: { mote: "0.1.0", editor: "Code 1.120.0", node: "24.0.0" },
		machine: {
			system: "linux x64 6.8",
			processor: "Some(R) CPU @ 2.00GHz",
			cores: 2,
			memoryBytes: 8 * 2 ** 30,
			usableMemoryBytes: 4 * 2 ** 30,
			remote: undefined,
		},
		engine: { kind: "starting" },
		bundledModels: ["mote-base", "mote-nano"],
		isTrusted: true,
		server: "none",
		changedSettings: [],
		lastSilence: [],
		problems: [],
		nowMs: 0,
		privateNames: { folders: [], names: [] },
		...rest,
	};
}

test("no path and no text of a document gets into a report, wherever a message brings it along", () => {
	fc.assert(
		fc.property(
			material,
			fc.constantFrom("problem", "engine", "step", "backend", "because", "model", "remote"),
			fc.constantFrom("", "The file ", "It can't be read: "),
			({ secrets, text }, where, before) => {
				const message = `${before}${text}`;
				const model = { name: "mote-base", backendName: "CPU, 2 threads", because: undefined };
				const facts: Partial<DiagnosticsFacts> =
					where === "problem"
						? { problems: [{ level: "error", message, atMs: 0 }] }
						: where === "engine"
							? { engine: { kind: "failed", message } }
							: where === "step"
								? { lastSilence: [{ state: "stopped", text: message }] }
								: where === "backend"
									? { engine: { kind: "ready", model: { ...model, backendName: message } } }
									: where === "because"
										? {
												engine: {
													kind: "ready",
													model: { ...model, because: { kind: "fault", sentence: message } },
												},
											}
										: where === "model"
											? { engine: { kind: "ready", model: { ...model, name: message } } }
											: { machine: { ...factsWith({}).machine, remote: message } };
				const report = diagnosticsReport(factsWith(facts));
				for (const one of secrets) {
					expect(report).not.toContain(one);
				}
			},
		),
		{ numRuns: 2000 },
	);
});

test("names of the user, the machine and the workspace are taken out even where they stand alone", () => {
	fc.assert(
		fc.property(
			secret,
			fc.constantFrom("The folder NAME is gone.", "In NAME: nothing.", "(NAME)"),
			(name, text) => {
				const message = text.replace("NAME", name.toUpperCase());
				const report = diagnosticsReport(
					factsWith({
						problems: [{ level: "warning", message, atMs: 0 }],
						privateNames: { folders: [], names: [name] },
					}),
				);
				expect(report.toLowerCase()).not.toContain(name);
			},
		),
	);
});

test("known folders are taken out in whatever way they are written, spaces and all", () => {
	for (const written of [
		"/home/Ann Zqbee/my zqproject",
		"\\home\\Ann Zqbee\\my zqproject",
		"/home/Ann%20Zqbee/my%20zqproject",
	]) {
		const report = diagnosticsReport(
			factsWith({
				problems: [{ level: "error", message: `Can't open ${written} at all.`, atMs: 0 }],
				privateNames: { folders: ["/home/Ann Zqbee/my zqproject", "/home/Ann Zqbee"], names: [] },
			}),
		);
		expect(report).not.toMatch(/zq|Zq/);
		expect(report).toMatch(/Can't open … at all\./);
	}
});

test("an exception that met text of a document is told by its kind", () => {
	fc.assert(
		fc.property(secret, (text) => {
			const problems = new RecentProblems(nullLogger, () => 0);
			const faults = new FaultLog(problems);
			faults.log(new SyntaxError(`${text} is not defined`));
			faults.log(new UserError("x", `The file “${text}.ts” is missing; install it again.`));
			const report = diagnosticsReport(factsWith({ problems: problems.problems }));
			expect(report).not.toContain(text);
			expect(report).toContain("SyntaxError");
			expect(report).toContain("is missing; install it again.");
		}),
	);
});
