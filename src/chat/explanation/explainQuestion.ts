import { promptPath } from "../../base/promptPath.ts";
import type { ExplainQuery } from "../../context/explanation/explanation.ts";
import type { QuestionTarget } from "../chatEditor.ts";
import type { ChatWorkspace } from "../chatWorkspace.ts";
import { gatherMaterial } from "../gatherMaterial.ts";
import { countLines, linesOf } from "../material.ts";
import { mentionsIn, type Mention } from "../mentions.ts";
import { whyNoDocument } from "../whyNoDocument.ts";
import { explanationMarkdown, type MarkdownOptions } from "./explanationMarkdown.ts";

export type ExplainOutcome =
	| { readonly kind: "explained"; readonly markdown: string }
	/** `sentence` says what to do about it. */
	| { readonly kind: "refused"; readonly sentence: string };

interface ExplainParts extends Pick<MarkdownOptions, "hrefOf"> {
	/** A guarded one. */
	readonly workspace: ChatWorkspace;
}

/** Longest document that is looked at, in UTF-16 units: more isn't parsed. */
const maxDocumentLength = 500_000;

/** Files and names of a question that are explained. */
const maxExplained = 3;

/**
 * Answers "/explain" from what the index of the repository knows: about the files and symbols that the question
 * mentions, else about the code that it was asked for.
 */
export async function explainQuestion(
	question: { readonly text: string; readonly target?: QuestionTarget | undefined },
	{ workspace, hrefOf }: ExplainParts,
	signal: AbortSignal,
): Promise<ExplainOutcome> {
	const queries = await queriesOf(question, workspace, signal);
	if (typeof queries === "string") {
		return { kind: "refused", sentence: queries };
	}
	const answers: string[] = [];
	for (const query of queries) {
		const explained = await workspace.explain(query, signal);
		if (explained === undefined) {
			return { kind: "refused", sentence: noIndex };
		}
		const { explanation, isComplete } = explained;
		answers.push(explanationMarkdown(explanation, { hrefOf, isComplete }));
	}
	return { kind: "explained", markdown: answers.join("\n\n") };
}

const noIndex =
	"There is no index of a repository to explain it from: open its folder, leave mote.completion.repositoryContext on, and ask again when Mote's status says that it is ready; or choose a chat model.";

/** What is to be explained, or why nothing can be. */
async function queriesOf(
	{ text, target }: { readonly text: string; readonly target?: QuestionTarget | undefined },
	workspace: ChatWorkspace,
	signal: AbortSignal,
): Promise<readonly ExplainQuery[] | string> {
	const mentions = mentionsIn(text).filter(
		(mention): mention is Extract<Mention, { kind: "file" | "symbol" }> =>
			mention.kind === "file" || mention.kind === "symbol",
	);
	if (target !== undefined) {
		return codeQuery(target, workspace, signal);
	}
	if (mentions.length === 0) {
		const limits = { fileLength: maxDocumentLength, relatedTokens: 0 };
		const marked = (await gatherMaterial(text, workspace, limits, signal)).target;
		return marked === undefined ? whyNoDocument(workspace) : codeQuery(marked, workspace, signal);
	}
	const queries: ExplainQuery[] = [];
	for (const mention of mentions.slice(0, maxExplained)) {
		if (mention.kind === "symbol") {
			queries.push({ kind: "name", name: mention.name });
			continue;
		}
		const file = await workspace.readFile(mention.path, maxDocumentLength, signal);
		if (file.kind === "refused") {
			return `${promptPath(mention.path)} can't be explained: there is no such file that may be read.`;
		}
		const { path } = file;
		const last = Math.max(0, countLines(file.text) - 1);
		queries.push({ kind: "code", path, text: file.text, startLine: 0, endLine: last });
	}
	return queries;
}

/** The code where it stands now: it may have moved since it was asked about. */
async function codeQuery(
	{ path, startLine, endLine, text }: QuestionTarget,
	workspace: ChatWorkspace,
	signal: AbortSignal,
): Promise<readonly ExplainQuery[] | string> {
	const active = workspace.activeDocument();
	const file =
		active?.path === path
			? { kind: "text" as const, text: active.text }
			: await workspace.readFile(path, maxDocumentLength, signal);
	if (file.kind === "refused") {
		return `${promptPath(path)} isn't there any more; mark the code and ask again.`;
	}
	if (linesOf(file.text, startLine, endLine) === text) {
		return [{ kind: "code", path, text: file.text, startLine, endLine }];
	}
	const offset = `\n${file.text}\n`.indexOf(`\n${text}\n`);
	if (offset < 0) {
		return `${promptPath(path)} has changed where it was asked about; mark the code and ask again.`;
	}
	const start = file.text.slice(0, offset).split("\n").length - 1;
	return [
		{ kind: "code", path, text: file.text, startLine: start, endLine: start + endLine - startLine },
	];
}
