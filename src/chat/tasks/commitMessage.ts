import { holdsPrivateKey, isSecretPath } from "../../context/files/secrets.ts";
import { withoutReasoning } from "../reasoning.ts";
import {
	firstItem,
	insideElement,
	messageOfCommand,
	messageOfJson,
	unquotedLines,
	withoutBodyLabel,
	withoutEndMarks,
} from "./commitWrapping.ts";
import { fenced } from "./fence.ts";
import type { PromptLimits, TaskPrompt } from "./taskPrompts.ts";

export interface CommitQuestion {
	/** As `git diff --cached` writes it. */
	readonly diff: string;
	/** Changed files that may hold credentials, and whose changes weren't read. */
	readonly secrets?: readonly string[];
	/** First lines of the latest commits: their style is followed. */
	readonly recentSubjects: readonly string[];
}

/** A diff that is longer is cut before anything looks at it, in UTF-16 units. */
export const maxDiffLength = 400_000;

const maxSubjects = 8;
const maxSubjectLength = 120;

const ask =
	"Write the commit message of the staged changes below. First line: at most 72 characters, imperative, no full " +
	"stop. Then, only if the reason isn't obvious, a blank line and a few lines that say why. Answer with the " +
	"message alone: no quotes, no fence, nothing before or after it.";

/**
 * Asks for a commit message. Files that may hold credentials are named but not shown; what doesn't fit is
 * named too, file by file, the longest first, so that many small changes all stay in.
 */
export function commitMessagePrompt(question: CommitQuestion, limits: PromptLimits): TaskPrompt {
	const leftOut = (question.secrets ?? []).map(secretFile);
	const subjects = question.recentSubjects
		.slice(0, maxSubjects)
		.map((subject) => `- ${subject.trim().replaceAll(/\s+/g, " ").slice(0, maxSubjectLength)}`);
	const head =
		subjects.length === 0
			? ask
			: `${ask}\n\nThe latest commits, for their style only:\n${subjects.join("\n")}`;
	const shown: string[] = [];
	for (const file of filesOf(question.diff.slice(0, maxDiffLength))) {
		if (isSecretPath(file.path) || isSecretPath(file.oldPath) || holdsPrivateKey(file.text)) {
			leftOut.push(secretFile(file.path));
		} else {
			shown.push(file.text);
		}
	}
	if (question.diff.length > maxDiffLength) {
		leftOut.push("the end of a very long diff");
	}
	const render = (): string => {
		const names = leftOut.length === 0 ? "" : `\n\nNot shown: ${leftOut.join("; ")}.`;
		return `${head}\n\nThe staged changes:\n${fenced(shown.join(""), "diff")}${names}`;
	};
	let text = render();
	while (shown.length > 0 && limits.countTokens(text) > limits.tokens) {
		const longest = shown.reduce(
			(best, part, index) => (part.length > (shown[best]?.length ?? 0) ? index : best),
			0,
		);
		const part = shown[longest] ?? "";
		if (part.length <= minShownPart) {
			shown.splice(longest, 1);
			leftOut.push("the smallest changes");
			break;
		}
		leftOut.push(`the end of ${pathOf(part) ?? "a file"}`);
		shown[longest] = `${part.slice(0, Math.floor(part.length / 2))}\n`;
		text = render();
	}
	return { text: render(), leftOut: [...new Set(leftOut)] };
}

function secretFile(path: string): string {
	return `${path}, which may hold credentials`;
}

/** A part of a diff that is shorter isn't cut further. */
const minShownPart = 200;

interface DiffOfFile {
	readonly path: string;
	readonly oldPath: string;
	readonly text: string;
}

function filesOf(diff: string): DiffOfFile[] {
	const parts = diff.split(/^(?=diff --git )/m).filter((part) => part.trim() !== "");
	return parts.map((text) => {
		const oldPath = /^--- (?:"?a\/)?(.*?)"?$/m.exec(text)?.[1] ?? "";
		return { path: pathOf(text) ?? oldPath, oldPath, text };
	});
}

function pathOf(part: string): string | undefined {
	return (
		/^\+\+\+ "?b\/(.*?)"?$/m.exec(part)?.[1] ??
		/^rename to (.*)$/m.exec(part)?.[1] ??
		/^diff --git .* "?b\/(.*?)"?$/m.exec(part)?.[1]
	);
}

/** More lines are no commit message. */
const maxLines = 50;

/** An answer that is longer is looked at up to here, in UTF-16 units. */
const maxMessageLength = 20_000;

/**
 * The commit message in an answer, without what models put around it: thoughts, a polite sentence before,
 * fences, a label, quotes, a command line, other suggestions, an explanation after. Undefined where nothing is left of it.
 */
export function commitMessageOf(answer: string): string | undefined {
	const plain = withoutReasoning(answer).replaceAll("\r\n", "\n").slice(0, maxMessageLength);
	const text = elementPart(fencedPart(elementPart(withoutEndMarks(plain).trim())));
	const suggestion = unwrapped(
		messageOfJson(text) ?? firstItem(unquotedLines(withoutComments(text))),
	);
	const lines = (isLabelled(text) ? withoutBodyLabel(suggestion) : suggestion)
		.split("\n")
		.map((line) => line.trimEnd());
	const message = lines.join("\n").trim();
	return message === "" || lines.length > maxLines ? undefined : message;
}

/** The first fenced block, unless what stands before it is a message itself. */
function fencedPart(text: string): string {
	const fence =
		/^[ \t]*(`{3,}|~{3,})[^\n`]*\n((?:(?![ \t]*\1[ \t]*$)[^\n]*(?:\n|(?![\s\S])))*)/m.exec(text);
	return fence !== null && isIntroduction(text.slice(0, fence.index))
		? (fence[2]?.trim() ?? text)
		: text;
}

/** The same for an element. */
function elementPart(text: string): string {
	const element = insideElement(text);
	return element !== undefined && isIntroduction(element.before) ? element.inner : text;
}

function isIntroduction(before: string): boolean {
	return before.trim() === "" || before.trim().split("\n").every(isComment);
}

/** Whether the parts of a message have labels. */
function isLabelled(text: string): boolean {
	return /^[*_#>]*[ \t]*(?:subject|title)[*_]*[ \t]*:/im.test(text);
}

/** Without lines about the message before and after it. */
function withoutComments(text: string): string {
	let lines = text.split("\n");
	for (;;) {
		const first = lines.findIndex((line) => line.trim() !== "");
		const hasMore = lines.slice(first + 1).some((line) => line.trim() !== "");
		if (first < 0 || !hasMore || !isComment(lines[first] ?? "")) {
			break;
		}
		lines = lines.slice(first + 1);
	}
	const end = lines.findIndex(
		(line, index) => index > 0 && lines[index - 1]?.trim() === "" && isAfterthought(line),
	);
	return (end < 0 ? lines : lines.slice(0, end)).join("\n").trim();
}

/** A line that speaks of the message that follows. A commit's first line ends neither so nor with a colon. */
function isComment(line: string): boolean {
	const words = line.replaceAll(/[*_#>`]/g, "").trim();
	return (
		words.endsWith(":") ||
		/^(?:-{3,}|={3,})$/.test(words) ||
		/^(?:sure(?: thing)?|certainly|of course|okay|ok|absolutely|great|got it|alright|no problem)(?:[.!]*|[,.!] .{0,200})$/i.test(
			words,
		) ||
		/^(?:here(?:'s|’s| is| are| you go)|below is|i(?:'ve|’ve| have) (?:written|created|drafted|prepared)|based on (?:the|your)|looking at)\b.{0,300}$/i.test(
			words,
		) ||
		/^(?:the )?(?:suggested |proposed |final )?(?:git )?(?:commit message|message|subject|title)$/i.test(
			words,
		)
	);
}

/** The start of a paragraph that speaks of the message before it. */
function isAfterthought(line: string): boolean {
	const words = line.replaceAll(/[*_#>]/g, "").trim();
	return (
		/^-{3,}$/.test(words) ||
		/^(?:this|the) (?:commit )?message\b/i.test(words) ||
		/^(?:explanation|rationale|reasoning|note)s?\b ?:/i.test(words) ||
		/^(?:option|alternative|suggestion|variant) ?#?\d{0,2} ?:/i.test(words) ||
		/^or\b.{0,40}:$/i.test(words) ||
		(line.startsWith("#") && /^(?:explanation|rationale|reasoning)$/i.test(words)) ||
		/^(?:let me know|i hope|feel free|would you like|if you(?:'d|’d| would| want| need| prefer)|alternatively)\b/i.test(
			words,
		)
	);
}

/** Without a label, quotes or a command line around all of it. */
function unwrapped(text: string): string {
	const [subject = "", ...lines] = (messageOfCommand(text) ?? text).split("\n");
	const body = /^={3,}$/.test(lines[0] ?? "") ? lines.slice(1) : lines;
	const labelled = subject
		.replace(
			/^(?:here(?:'s|’s| is) [^:]{0,80}|(?:sure|certainly)[^:]{0,80}|i(?:'d|’d| would) suggest[^:]{0,80}):\s+(?=\S)/i,
			"",
		)
		.replace(
			/^[*_#\s]*(?:suggested |proposed |final )?(?:git )?(?:commit message|message|subject|title|final answer)[*_]*\s*:[*_]*\s*/i,
			"",
		)
		.replace(/^#{1,6}\s+/, "")
		.trim();
	const [, mark = "", marked] = /^(\*\*|__|`{1,3})(?!`)(.*)\1$/.exec(labelled) ?? [];
	const bare = marked === undefined || marked.includes(mark) ? labelled : marked.trim();
	const all = [unquoted(bare), ...withoutLoneFence(body)].join("\n").trim();
	return unquoted(all);
}

/** Without quotes around all of it; those of words at both ends stay. */
function unquoted(text: string): string {
	const inner = /^["'“‘]([\s\S]*)["'”’]$/.exec(text)?.[1];
	return inner === undefined || /["“”]|\s['‘]|['’]\s/.test(inner) ? text : inner.trim();
}

/** Without a fence at the end that closes nothing. */
function withoutLoneFence(lines: readonly string[]): readonly string[] {
	const fences = lines.filter((line) => /^\s*(?:`{3}|~{3})/.test(line));
	return fences.length === 1 && /^\s*(?:`{3,}|~{3,})$/.test(lines.at(-1) ?? "")
		? lines.slice(0, -1)
		: lines;
}
