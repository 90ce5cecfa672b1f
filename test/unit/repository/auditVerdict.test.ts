import { describe, expect, test } from "vitest";
import { auditVerdict, type AuditVerdict, type Severity } from "../../../scripts/auditVerdict.ts";

const advisory = (severity: Severity, title = "It can be stopped."): object => ({
	...{ source: 1, name: "a", severity, title, url: "https://example.org/1", range: "<2" },
});

function report(vulnerabilities: Readonly<Record<string, readonly unknown[]>>, total = 7): string {
	return JSON.stringify({
		auditReportVersion: 2,
		vulnerabilities: Object.fromEntries(
			Object.entries(vulnerabilities).map(([name, via]) => [name, { name, via, nodes: [] }]),
		),
		metadata: { dependencies: { total } },
	});
}

const known = {
	packageName: "a",
	severity: "high",
	title: "It can be stopped.",
	url: "https://example.org/1",
};

describe("a report", () => {
	test.each<readonly [string, string, Partial<AuditVerdict>]>([
		[
			"about packages of which nothing is known is clean",
			report({}),
			{ kind: "clean", packages: 7, lesser: [] },
		],
		[
			"with an advisory isn't",
			report({ a: [advisory("high")] }),
			{ kind: "advisories", advisories: [expect.objectContaining(known)] },
		],
		[
			"names a package once, whoever depends on it",
			report({ a: [advisory("high")], b: ["a"] }),
			{ advisories: [expect.objectContaining(known)] },
		],
		[
			"with only a lesser one is clean, and says so",
			report({ a: [advisory("low")] }),
			{ kind: "clean", lesser: [expect.objectContaining({ severity: "low" })] },
		],
		[
			"counts the severity that was asked for",
			report({ a: [advisory("moderate")] }),
			{ kind: "advisories" },
		],
	])("%s", (_, output, expected) => {
		expect(auditVerdict(output, "moderate")).toMatchObject(expected);
	});
});

describe("no answer is never a good one:", () => {
	test.each<readonly [string, string, RegExp]>([
		[
			"a registry that doesn't know the question",
			'{"message":"405 Method Not Allowed","error":{}}',
			/^405 Method/,
		],
		["nothing", "", /isn't JSON/],
		["a page of a proxy", "<html>Please log in</html>", /isn't JSON/],
		["a report about no package", report({}, 0), /not a report/],
		["a report of another version", report({}).replace(":2", ":3"), /not a report/],
		["an empty object", "{}", /not a report/],
		[
			"an unknown severity",
			report({ a: [{ ...advisory("high"), severity: "awful" }] }),
			/not a report/,
		],
	])("%s", (_, output, problem) => {
		const verdict = auditVerdict(output, "moderate");
		expect(verdict.kind === "unanswered" ? verdict.problem : verdict.kind).toMatch(problem);
	});
});
