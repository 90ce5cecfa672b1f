/**
 * Makes cases of next edits of the history of a git repository: a file with the first changes of a commit made, and those still to come.
 *
 *     node --experimental-transform-types bench/nextEditCases.ts REPOSITORY NAME [--commits 2500] [--cases 400] > CASES.jsonl
 *
 * The same history gives the same cases. Commits whose hash begins with 0 to 3 are left aside, to be measured with once weights were fitted to
 * the others: --aside takes those instead.
 */
import { execFileSync } from "node:child_process";
import { parseArgs } from "node:util";
import { applyLineEdit, fits } from "../src/nextEdit/lineEdit.ts";
import { changesOfLog, inTheMiddle, repeats } from "./nextEdit/changesOfLog.ts";

const { values, positionals } = parseArgs({
	allowPositionals: true,
	options: {
		commits: { type: "string", default: "2500" },
		cases: { type: "string", default: "400" },
		aside: { type: "boolean", default: false },
	},
});
const [repository = ".", name = "own"] = positionals;
const patterns = ["*.ts", "*.tsx", "*.js", "*.mjs", "*.py", "*.go", "*.rs", "*.cpp", "*.java"];

/** Changes of fewer places leave nothing to come; those of more, and longer ones, weren't made by hand. */
const [minEdits, maxEdits, maxEditLines] = [2, 14, 12];
const [minLines, maxLines] = [30, 1500];
/** Of a change, as many are made at most. */
const maxMade = 3;

function git(...args: readonly string[]): string {
	const maxBuffer = 2 ** 30;
	return execFileSync("git", ["-C", repository, ...args], { encoding: "utf8", maxBuffer });
}

const log = git(
	..."log --no-merges -p -U0 --no-color --no-ext-diff --no-renames --diff-filter=M".split(" "),
	...["-n", values.commits, "--format=COMMIT %H", "--", ...patterns],
);
const changes = changesOfLog(log)
	.filter(
		({ commit, edits }) =>
			/^[0-3]/.test(commit) === values.aside &&
			edits.length >= minEdits &&
			edits.length <= maxEdits &&
			edits.every(({ old, next }) => Math.max(old.length, next.length) <= maxEditLines),
	)
	// By hash, which is as good as at random.
	.sort((a, b) => (a.commit + a.path < b.commit + b.path ? -1 : 1));

let left = Number(values.cases);
for (const { commit, path, edits: all } of changes) {
	const before = left > 0 ? git("show", `${commit}^:${path}`).split("\n") : [];
	if (before.length < minLines || before.length > maxLines) {
		continue;
	}
	const made = 1 + (Number.parseInt(commit.slice(-4), 16) % Math.min(maxMade, all.length - 1));
	const { lines, edits, next } = inTheMiddle(before, all, made);
	const [first] = next;
	if (first === undefined || !next.every((edit) => fits(lines, edit))) {
		continue;
	}
	left--;
	const written = edits
		.toReversed()
		.reduce<readonly string[]>(
			(text, { line, old, next: added }) => applyLineEdit(text, { line, old: added, next: old }),
			lines,
		);
	if (written.join("\n") !== before.join("\n")) {
		throw new Error(`${commit} ${path} doesn't lead back to the file before it`);
	}
	const asWritten = ({ line, old, next: added }: (typeof edits)[number]): unknown => ({
		...{ line, old, new: added },
	});
	console.log(
		JSON.stringify({
			id: `${name}-${commit.slice(0, 8)}-${path.split("/").at(-1) ?? path}-${made}`,
			repo: name,
			commit,
			file: path,
			lang: path.split(".").at(-1),
			kind: repeats(first, edits) ? "repeat" : "other",
			before: lines.join("\n"),
			edits: edits.map(asWritten),
			next: next.map(asWritten),
		}),
	);
}
