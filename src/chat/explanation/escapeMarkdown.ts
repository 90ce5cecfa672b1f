/** Signs of which a text could become anything but itself, at any place of a line. */
const marks = /[\\`*_{}[\]<>&~|#$]/g;
/** Signs that begin a list, a rule or an underlined heading at the start of a line. */
const lineMarks = /^(?:[-+=]|\d{1,9}(?=[.)]))/;
/** What the editor's own Markdown makes links of although nothing marks it. */
const bareLinks = /:(?=\/\/)|@(?=[\w-])|(?<=\bwww)\./gi;
/** Line separators of all kinds but "\n", controls, and what turns the direction of text. */
const unwanted = /[\u2028\u2029\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069]|(?![\n\t])\p{Cc}/gu;

/**
 * Text of a file as Markdown that shows that text and nothing else: no mark in it becomes markup, a link or HTML.
 * Lines flow into each other, as in a comment; blank ones part paragraphs, and a line that begins with a tag or an item
 * stays a line of its own.
 */
export function escapedProse(text: string): string {
	return cleanText(text)
		.split("\n")
		.map((line) => line.trim())
		.reduce<string[]>((lines, line) => {
			const last = lines.at(-1);
			const isItem = /^(?:@\w|:\w|[-*•]\s|\d+[.)]\s)/.test(line);
			if (isItem && last !== undefined && last !== "") {
				lines[lines.length - 1] = `${last}\\`;
			}
			lines.push(escapedLine(line));
			return lines;
		}, [])
		.join("\n")
		.replaceAll(/\n{3,}/g, "\n\n");
}

/** As `escapedProse`, for a text that stands within a line: a name, a path. */
export function escapedInline(text: string): string {
	return escapedLine(cleanText(text).replaceAll(/\s+/g, " ").trim());
}

/** Code within a line, which nothing in it can end; on one line. */
export function inlineCode(code: string): string {
	const text = cleanText(code).replaceAll(/\s+/g, " ").trim();
	const longest = (text.match(/`+/g) ?? []).reduce((most, run) => Math.max(most, run.length), 0);
	const fence = "`".repeat(longest + 1);
	const isBare = !text.startsWith("`") && !text.endsWith("`") && text !== "";
	return isBare ? `${fence}${text}${fence}` : `${fence} ${text} ${fence}`;
}

/** Without what could change how other text is read; also what goes into a fence. */
export function cleanText(text: string): string {
	return text.replaceAll(/\r\n?/g, "\n").replaceAll(unwanted, "").toWellFormed();
}

function escapedLine(line: string): string {
	return line
		.replaceAll(marks, (mark) => `\\${mark}`)
		.replaceAll(bareLinks, (mark) => `\\${mark}`)
		.replace(lineMarks, (mark) => (/\d/.test(mark) ? mark : `\\${mark}`))
		.replace(/^(\d{1,9})([.)])/, "$1\\$2");
}
