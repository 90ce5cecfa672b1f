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
		["```bash\ngit commit -m 'feat: l' -m 'body'\n```", "feat: l\n\nbody"],
		[
			'git commit -m "feat: it\'s" -m "body \\"q\\" more" -m \'c\'',
			'feat: it\'s\n\nbody "q" more\n\nc',
		],
		['git add -A && git commit -m "feat: l"', "feat: l"],
		['git add .\ngit commit -m "feat: l"', "feat: l"],
		["git commit -s -m 'feat: l' --no-verify", "feat: l"],
		['git commit -am "feat: l\n\n- a\n- b"', "feat: l\n\n- a\n- b"],
		["git commit -m \"$(cat <<'EOF'\nfeat: l\n\nbody\nEOF\n)\"", "feat: l\n\nbody"],
		["> feat: n", "feat: n"],
		["> feat: n\n>\n> body", "feat: n\n\nbody"],
		["Here it is:\n\n> feat: n\n> \n> body", "feat: n\n\nbody"],
		["1. feat: o", "feat: o"],
		["1. feat: a\n2. feat: b", "feat: a"],
		["1. `feat: a`\n2. `feat: b`", "feat: a"],
		["1) feat: a\n\n2) feat: b", "feat: a"],
		["1. **feat: a**\n   body\n2. feat: b", "feat: a\n\nbody"],
		["Here are some options:\n\n1. feat: a\n2. feat: b", "feat: a"],
		["- feat: p", "feat: p"],
		["* feat: p\n* feat: q", "feat: p"],
		["- feat: p\n- feat: q", "feat: p"],
		["Commit Message\n==============\nfeat: s", "feat: s"],
		["Commit Message\n--------------\n\nfeat: s\n\nbody", "feat: s\n\nbody"],
		["feat: s\n=======\n\nbody", "feat: s\n\nbody"],
		["<commit_message>\nfeat: v\n</commit_message>", "feat: v"],
		["Sure!\n<commit-message>\nfeat: v\n\nbody\n</commit-message>\nThat's it", "feat: v\n\nbody"],
		["<answer>feat: v2</answer>", "feat: v2"],
		["<output>feat: v2</output>", "feat: v2"],
		["<commit>\n<subject>feat: a</subject>\n<body>b</body>\n</commit>", "feat: a\n\nb"],
		["Subject: feat: m\nBody:\nbecause", "feat: m\n\nbecause"],
		["Subject: feat: m\n\nBody: because", "feat: m\n\nbecause"],
		["**Subject:** feat: m\n\n**Body:**\n- a\n- b", "feat: m\n\n- a\n- b"],
		["Title: feat: m\n\nDescription:\nbecause", "feat: m\n\nbecause"],
		["**Title:** feat: m\n**Description:** because", "feat: m\n\nbecause"],
		['{"subject": "feat: a", "body": "b"}', "feat: a\n\nb"],
		['```json\n{"message": "feat: a"}\n```', "feat: a"],
		["feat: a\n```", "feat: a"],
		["```feat: a```", "feat: a"],
		["``feat: `a` ``", "feat: `a`"],
		["Option 1:\nfeat: a\n\nOption 2:\nfeat: b", "feat: a"],
		["**Option 1:**\n```\nfeat: a\n```\n**Option 2:**\n```\nfeat: b\n```", "feat: a"],
		["feat: a\n\nOr:\n\nfeat: b", "feat: a"],
		["### Commit Message\n\nfeat: a\n\n### Explanation\n\nit does", "feat: a"],
		["Commit message:\nfeat: a\n\nSigned-off-by: A <a@b.c>", "feat: a\n\nSigned-off-by: A <a@b.c>"],
		["The following commit message summarizes the changes:\n\nfeat: q", "feat: q"],
		["I'd suggest: feat: q", "feat: q"],
		["Final answer: feat: q", "feat: q"],
		["- Fix the parser\n- Add tests", "Fix the parser"],
		["“feat: a”\n\nbody", "feat: a\n\nbody"],
		['"feat: a"\n\nbody', "feat: a\n\nbody"],
		["feat: a<|im_end|>", "feat: a"],
		["feat: a</s>", "feat: a"],
		["* feat: p\n\nbecause of q", "feat: p\n\nbecause of q"],
	])("is found in %j", (answer, expected) => {
		expect(commitMessageOf(answer)).toBe(expected);
	});

	test.each([
		"feat: a\n\n- one\n- two",
		"feat: a\n- one\n- two",
		"feat: a\n\n1. one\n2. two",
		"Add b\n\nBody: of requests is kept",
		"Use <answer> for tags",
		"feat: a\n\nChanges:\n- x",
		"[feat] q",
		"[UI] fix: q",
		"1.2.3 release",
		"#12 fix the parser",
		"<output> is escaped",
		"'a' becomes 'b'",
		"git commit hooks run once",
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
