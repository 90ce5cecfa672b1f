import { describe, expect, test } from "vitest";
import { commitMessageOf } from "../../../../src/chat/tasks/commitMessage.ts";

const message = "Add a parser\n\nBecause the old one guessed.";
const subject = "Add a parser";

describe("the commit message in an answer", () => {
	test.each([
		["alone", subject, subject],
		["in a fence", `\`\`\`\n${message}\n\`\`\``, message],
		["in a fence of tildes", `~~~text\n${message}\n~~~`, message],
		["in a fence that isn't closed", `\`\`\`\n${message}`, message],
		["in quotes", `"${subject}"`, subject],
		["in single quotes", `'${subject}'`, subject],
		["in typographic quotes", `“${subject}”`, subject],
		["in backticks", `\`${subject}\``, subject],
		["in bold", `**${subject}**\n\nBecause the old one guessed.`, message],
		["as a heading", `# ${subject}`, subject],
		["behind a label", `Commit message: ${subject}\r\n`, subject],
		["behind a bold label", `**Commit Message:** ${subject}`, subject],
		["below a label", `**Commit message**\n\n${message}`, message],
		["below a polite sentence", `Sure! Here's a commit message:\n\n${message}`, message],
		["below two", `Certainly.\n\nHere is the commit message you asked for:\n${message}`, message],
		["behind a polite beginning", `Here is the commit message: ${subject}`, subject],
		[
			"in a fence between sentences",
			`Based on the diff, here is one:\n\n\`\`\`text\n${message}\n\`\`\`\n\nThis message explains why.`,
			message,
		],
		["above an explanation", `${message}\n\nThis commit message follows your style.`, message],
		["above an offer", `${message}\n\nLet me know if you want it shorter.`, message],
		["above a rule", `${message}\n\n---\nIt is in the imperative.`, message],
		["in a command", `git commit -m "${subject}"`, subject],
		["in a command in a fence", `\`\`\`bash\ngit commit -m "${subject}"\n\`\`\``, subject],
		["behind thoughts", `<think>\nThe diff adds a parser:\n\n"x"\n</think>\n\n${message}`, message],
		["behind empty thoughts", `<think>\n\n</think>\n\n${message}`, message],
		["behind thoughts without a first mark", `It adds a parser.\n</think>\n${message}`, message],
		["behind thoughts in brackets", `[THINK]It adds one.[/THINK]${message}`, message],
		["behind thoughts and a sentence", `<think>x</think>Sure:\n${message}`, message],
	])("is found %s", (_, answer, expected) => {
		expect(commitMessageOf(answer)).toBe(expected);
	});

	test.each([
		"feat(parser): add one",
		'Fix: don\'t quote "x"',
		"Show `x` as `y`",
		"Sure-fire retries for uploads\n\nThe old ones gave up.",
		"Note what was skipped\n\nNotes were lost.\n\n- one\n- two",
		"Keep <think> out of titles",
		'Revert "Add a parser"\n\nThis reverts commit 0123abc.',
		"Document the options:\n\n```\n--fast\n```".replace(":", ""),
	])("is left as it is: %j", (answer) => {
		expect(commitMessageOf(answer)).toBe(answer);
	});

	test.each([["  \n"], ["x\n".repeat(60)], ["<think>It adds a parser"], ["```\n```"]])(
		"is none in %j",
		(answer) => {
			expect(commitMessageOf(answer)).toBeUndefined();
		},
	);
});
