import { holdsPrivateKey, isSecretPath } from "../../context/files/secrets.ts";
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

/** What an answer has beside the message: fences, quotes, a label; more than 50 lines are no message. */
export function commitMessageOf(answer: string): string | undefined {
	const fence = /^\s*(`{3,})[^\n]*\n([\s\S]*?)\n?\1\s*$/.exec(answer);
	const plain = (fence?.[2] ?? answer)
		.replace(/^\s*(?:commit message|message)\s*:\s*/i, "")
		.replaceAll("\r\n", "\n")
		.trim();
	const unquoted = /^"([^"\n]*)"$/.exec(plain)?.[1] ?? plain;
	const lines = unquoted.split("\n").map((line) => line.trimEnd());
	return unquoted === "" || lines.length > 50 ? undefined : lines.join("\n");
}
