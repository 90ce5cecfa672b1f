/** What servers let through of the marks that end a model's turn. */
const endMarks = ["<|im_end|>", "<|eot_id|>", "<|endoftext|>", "<|end|>", "</s>"];

/** Without the marks that end a model's turn. */
export function withoutEndMarks(text: string): string {
	let plain = text.trimEnd();
	for (;;) {
		const mark = endMarks.find((each) => plain.endsWith(each));
		if (mark === undefined) {
			return plain;
		}
		plain = plain.slice(0, -mark.length).trimEnd();
	}
}

/** What stands in the first element that is named for an answer, with what stands before it; undefined without one. */
export function insideElement(
	text: string,
): { readonly before: string; readonly inner: string } | undefined {
	const open =
		/^[ \t]*<(commit|commit[-_]?message|git[-_]commit|message|answer|final[-_]?answer|output|response|result)>/im.exec(
			text,
		);
	if (open === null) {
		return undefined;
	}
	const start = open.index + open[0].length;
	const end = text.toLowerCase().indexOf(`</${(open[1] ?? "").toLowerCase()}>`, start);
	// "<output> is escaped" is a subject.
	if (end < 0 && text[start] !== "\n") {
		return undefined;
	}
	const inner = text.slice(start, end < 0 ? undefined : end).trim();
	const parts =
		/^<(?:subject|title|summary)>([^<]*)<\/\w+>\s*(?:<(?:body|description)>([^<]*)(?:<\/\w+>)?)?$/i.exec(
			inner,
		);
	return {
		before: text.slice(0, open.index),
		inner: parts === null ? inner : joined([parts[1] ?? "", parts[2] ?? ""]),
	};
}

/** The message in an object of JSON: a message, or a subject and a body. */
export function messageOfJson(text: string): string | undefined {
	if (!text.startsWith("{") || !text.endsWith("}")) {
		return undefined;
	}
	let value: unknown;
	try {
		value = JSON.parse(text);
	} catch {
		return undefined;
	}
	const fields = new Map<string, unknown>(
		typeof value === "object" && value !== null ? Object.entries(value) : [],
	);
	const first = (names: readonly string[]): string =>
		names.map((name) => fields.get(name)).find((each) => typeof each === "string") ?? "";
	const subject = first(["message", "commit_message", "commitMessage", "subject", "title"]);
	return subject === "" ? undefined : joined([subject, first(["body", "description"])]);
}

/** Without the marks of a quotation around all of it. */
export function unquotedLines(text: string): string {
	const lines = text.split("\n");
	return lines.every((line) => line.trim() === "" || line.startsWith(">"))
		? lines
				.map((line) => line.replace(/^> ?/, ""))
				.join("\n")
				.trim()
		: text;
}

/** The first item of a list that an answer begins with: a subject never begins as one. */
export function firstItem(text: string): string {
	const lines = text.split("\n");
	const mark = /^(?:1([.)])|([-*+•]))[ \t]+(?=\S)/.exec(lines[0] ?? "");
	if (mark === null) {
		return text;
	}
	const isItem = (line: string): boolean =>
		mark[1] === undefined ? line.startsWith(`${mark[2] ?? ""} `) : /^\d{1,2}[.)][ \t]/.test(line);
	const next = lines.findIndex((line, index) => index > 0 && isItem(line));
	const [first = "", ...more] = next < 0 ? lines : lines.slice(0, next);
	const isIndented = more.every((line) => /^(?:\s|$)/.test(line));
	const indent = isIndented ? Math.min(...more.filter((line) => line !== "").map(indentOf)) : 0;
	const body = more.map((line) => line.slice(indent)).join("\n");
	return isIndented
		? joined([first.slice(mark[0].length), body])
		: [first.slice(mark[0].length), body].join("\n").trim();
}

const indentOf = (line: string): number => line.length - line.trimStart().length;

/** The message that a command line gives to `git commit`, each of its `-m` a paragraph. */
export function messageOfCommand(text: string): string | undefined {
	if (!/^(?:\$ )?(?:git|cd) \S/.test(text)) {
		return undefined;
	}
	const commit = /(?:^|\n|&&|;)[ \t]*(?:\$ )?git commit(?=\s)/.exec(text);
	if (commit === null) {
		return undefined;
	}
	const rest = text.slice(commit.index + commit[0].length);
	const here = /^[^\n"]*"\$\(cat <<-?[ \t]*['"]?(\w+)['"]?[ \t]*\n/.exec(rest);
	if (here !== null) {
		const lines = rest.slice(here[0].length).split("\n");
		const end = lines.findIndex((line) => line.trim() === here[1]);
		return end <= 0 ? undefined : lines.slice(0, end).join("\n").trim();
	}
	const word =
		/\s+(?:\\\n\s*)?(?:(?:-[a-zA-Z]*m|--message)[ \t=]*(?:"((?:[^"\\]|\\[\s\S])*)"|'((?:[^']|'\\'')*)')|--?\w[\w-]*(?:=\S+)?)/y;
	const parts: string[] = [];
	for (let found = word.exec(rest); found !== null; found = word.exec(rest)) {
		const [, double, single] = found;
		if (double !== undefined || single !== undefined) {
			parts.push(
				double?.replaceAll(/\\(["\\$`])/g, "$1") ?? single?.replaceAll("'\\''", "'") ?? "",
			);
		}
	}
	return parts.length === 0 ? undefined : joined(parts);
}

/** "Subject: …" and "Body: …" of one answer, without the labels. */
export function withoutBodyLabel(message: string): string {
	const label =
		/^[*_#]*[ \t]*(?:commit )?(?:body|description|details)[*_]*[ \t]*:[*_]*[ \t]*/im.exec(message);
	return label === null
		? message
		: joined([message.slice(0, label.index), message.slice(label.index + label[0].length)]);
}

function joined(parts: readonly string[]): string {
	return parts
		.map((part) => part.trim())
		.filter((part) => part !== "")
		.join("\n\n");
}
