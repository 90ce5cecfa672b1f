import * as vscode from "vscode";
import * as z from "zod";
import type { Clock } from "../../base/clock.ts";
import type { Reported } from "../../chat/tasks/verdict.ts";
import { inTime } from "./inTime.ts";

/** A language that hasn't told by then is not waited for. */
const limitMs = 8000;

/** Languages report in parts, syntax before types: so long after the last part, it was the last. */
const settleMs = 700;

/** While what is waited for isn't reported, a later part may still have it: that takes longer to know. */
const persistMs = 2500;

/** What is waited for in a document that languages have just been told of. */
export interface ReportsQuery {
	readonly document: vscode.TextDocument;
	/** Who reports what matters, for example `ts`. */
	readonly source: string | undefined;
	/** Whether these reports are what one waits for: more may come, but nothing else that matters. */
	readonly isEnough: (reports: readonly Reported[]) => boolean;
}

/**
 * What languages report about a document, whether anybody sees it or not. Undefined when nobody tells in time, or the
 * signal aborts.
 */
export async function reportsOn(
	query: ReportsQuery,
	clock: Clock,
	signal: AbortSignal,
): Promise<readonly Reported[] | undefined> {
	return isOfTypeScript(query.source)
		? reportsOfTypeScript(query.document, clock, signal)
		: reportsOfOthers(query, clock, signal);
}

/** TypeScript reports only what is in a tab, but answers when it is asked. */
export function isOfTypeScript(source: string | undefined): boolean {
	return source === "ts" || source === "js";
}

const typeScriptRequests = [
	"syntacticDiagnosticsSync",
	"semanticDiagnosticsSync",
	"suggestionDiagnosticsSync",
] as const;

const placeSchema = z.object({ line: z.int().positive() });

const answerSchema = z.object({
	body: z.array(
		z.object({
			start: placeSchema,
			end: placeSchema,
			text: z.string(),
			code: z.number().optional(),
			category: z.string(),
		}),
	),
});

async function reportsOfTypeScript(
	{ uri }: vscode.TextDocument,
	clock: Clock,
	signal: AbortSignal,
): Promise<readonly Reported[] | undefined> {
	const ask = async (): Promise<readonly Reported[] | undefined> => {
		const reports: Reported[] = [];
		for (const request of typeScriptRequests) {
			const raw: unknown = await vscode.commands.executeCommand(
				"typescript.tsserverRequest",
				request,
				{ file: uri },
			);
			const answer = answerSchema.safeParse(raw);
			if (!answer.success || signal.aborted) {
				return undefined;
			}
			reports.push(
				...answer.data.body.map(({ start, end, text, code, category }) => ({
					message: text,
					code: code === undefined ? undefined : String(code),
					isError: category === "error",
					startLine: start.line - 1,
					endLine: end.line - 1,
				})),
			);
		}
		return reports;
	};
	return inTime(ask(), limitMs, clock, signal);
}

async function reportsOfOthers(
	{ document: { uri }, source, isEnough }: ReportsQuery,
	clock: Clock,
	signal: AbortSignal,
): Promise<readonly Reported[] | undefined> {
	const deadline = clock.now() + limitMs;
	let lastReport = vscode.languages.getDiagnostics(uri).length > 0 ? clock.now() : undefined;
	let wake = (): void => undefined;
	const listener = vscode.languages.onDidChangeDiagnostics(({ uris }) => {
		if (uris.some((changed) => changed.toString() === uri.toString())) {
			lastReport = clock.now();
			wake();
		}
	});
	try {
		while (!signal.aborted) {
			const now = clock.now();
			const reports = reportedIn(uri, source);
			const settlesAt =
				lastReport === undefined
					? deadline
					: lastReport + (isEnough(reports) ? settleMs : persistMs);
			if (now >= settlesAt || now >= deadline) {
				return lastReport === undefined ? undefined : reports;
			}
			const nap = new AbortController();
			wake = () => nap.abort();
			await clock.sleep(Math.min(settlesAt, deadline) - now, AbortSignal.any([nap.signal, signal]));
		}
		return undefined;
	} finally {
		listener.dispose();
	}
}

/** What one reporter says about a document at this moment. */
export function reportedIn(uri: vscode.Uri, source: string | undefined): readonly Reported[] {
	return vscode.languages
		.getDiagnostics(uri)
		.filter((diagnostic) => diagnostic.source === source)
		.map((diagnostic) => ({
			message: diagnostic.message,
			code: codeOf(diagnostic.code),
			isError: diagnostic.severity === vscode.DiagnosticSeverity.Error,
			startLine: diagnostic.range.start.line,
			endLine: diagnostic.range.end.line,
		}));
}

/** By what it says: where it is changes with every edit. */
export function keyOf({
	message,
	source,
	code,
}: Pick<vscode.Diagnostic, "message" | "source" | "code">): string {
	return JSON.stringify([message, source, codeOf(code)]);
}

export function codeOf(code: vscode.Diagnostic["code"]): string | undefined {
	const value = typeof code === "object" ? code.value : code;
	return value === undefined ? undefined : String(value);
}
