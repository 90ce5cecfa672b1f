import * as z from "zod";

/** From the least. */
const severities = ["info", "low", "moderate", "high", "critical"] as const;

export type Severity = (typeof severities)[number];

/** What `npm audit --json` has said of a lock file. */
export type AuditVerdict =
	/** Nothing is known of any package that is as bad as was asked for; `lesser` are less bad. */
	| { readonly kind: "clean"; readonly packages: number; readonly lesser: readonly Advisory[] }
	| { readonly kind: "advisories"; readonly advisories: readonly Advisory[] }
	/** Nobody answered. That says nothing of the packages. */
	| { readonly kind: "unanswered"; readonly problem: string };

export interface Advisory {
	readonly packageName: string;
	readonly severity: Severity;
	readonly title: string;
	readonly url: string;
}

const viaSchema = z.union([
	// The name of another package in the report, which has the advisory.
	z.string(),
	z.object({ title: z.string(), url: z.string(), severity: z.enum(severities) }),
]);

const reportSchema = z.object({
	auditReportVersion: z.literal(2),
	vulnerabilities: z.record(z.string(), z.object({ via: z.array(viaSchema) })),
	metadata: z.object({ dependencies: z.object({ total: z.int().positive() }) }),
});

const refusalSchema = z.object({ message: z.string() });

/** Reads a report. Anything that isn't a whole report about at least one package is no answer. */
export function auditVerdict(output: string, atLeast: Severity): AuditVerdict {
	let json: unknown;
	try {
		json = JSON.parse(output);
	} catch (error) {
		return { kind: "unanswered", problem: `npm's answer isn't JSON (${String(error)})` };
	}
	const report = reportSchema.safeParse(json);
	if (!report.success) {
		const refusal = refusalSchema.safeParse(json);
		return {
			kind: "unanswered",
			problem: refusal.success ? refusal.data.message : "npm's answer is not a report",
		};
	}
	const { vulnerabilities, metadata } = report.data;
	const all = Object.entries(vulnerabilities).flatMap(([packageName, { via }]) =>
		via.flatMap((one) => (typeof one === "string" ? [] : [{ packageName, ...one }])),
	);
	const isBad = ({ severity }: Advisory): boolean =>
		severities.indexOf(severity) >= severities.indexOf(atLeast);
	const advisories = all.filter(isBad);
	return advisories.length > 0
		? { kind: "advisories", advisories }
		: {
				kind: "clean",
				packages: metadata.dependencies.total,
				lesser: all.filter((one) => !isBad(one)),
			};
}
