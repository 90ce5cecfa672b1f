/** Lines of a comment as a person reads them: without its marks, and without attributes and decorators between. */
export function commentText(lines: string): string | undefined {
	const words: string[] = [];
	let isInBlock = false;
	for (const line of lines.split("\n")) {
		const text = line.trim();
		const marked = /^(\/\*[*!]?|\/\/[/!]?|\*(?!\/)|#(?![[!])+)(.*)$/.exec(text);
		if (marked === null && !isInBlock && !text.startsWith("*/")) {
			// An attribute, a decorator or a blank line.
			continue;
		}
		isInBlock ||= text.startsWith("/*");
		const isEnd: boolean = isInBlock && text.includes("*/");
		const content = (marked?.[2] ?? text).replace(/\*\/.*$/, "");
		words.push(content.replace(/^ /, "").trimEnd());
		isInBlock &&= !isEnd;
	}
	return trimmed(words);
}

/** Where a body begins with a string that documents it, that string's text: Python's way. */
export function docstringText(body: string): string | undefined {
	const found =
		/^\s*(?:#[^\n]*\n\s*){0,5}[rRuUbB]{0,2}(?:"""((?:[^"\\]|\\.|"(?!""))*)"""|'''((?:[^'\\]|\\.|'(?!''))*)'''|"([^"\\\n]*)"|'([^'\\\n]*)')/s.exec(
			body,
		);
	const text = found?.[1] ?? found?.[2] ?? found?.[3] ?? found?.[4];
	return text === undefined ? undefined : trimmed(withoutIndentation(text.split("\n")));
}

/** All lines but the first are indented as the code is. */
function withoutIndentation([first = "", ...rest]: readonly string[]): readonly string[] {
	const indentation = Math.min(
		...rest.filter((line) => line.trim() !== "").map((line) => line.search(/\S/)),
	);
	return [first.trim(), ...rest.map((line) => line.slice(indentation).trimEnd())];
}

function trimmed(lines: readonly string[]): string | undefined {
	const first = lines.findIndex((line) => line.trim() !== "");
	const last = lines.findLastIndex((line) => line.trim() !== "");
	return first < 0 ? undefined : lines.slice(first, last + 1).join("\n");
}

/** Where its first sentence ends; what begins with a tag has none. */
export function firstSentence(documentation: string): string | undefined {
	const paragraph = documentation.split(/\n\s*\n|\n\s*[@:]/, 1)[0] ?? "";
	const line = paragraph.replaceAll(/\s+/g, " ").trim();
	const sentence = /^.{4,}?[.!?。](?=\s|$)/u.exec(line.slice(0, 400))?.[0] ?? line;
	return sentence === "" || sentence.startsWith("@") ? undefined : sentence;
}
