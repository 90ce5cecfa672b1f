import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import * as z from "zod";
import { tabSize, type EditorState, type ShownGhost } from "./typist.ts";

const lineSchema = z.array(
	z.object({ text: z.string(), kind: z.enum(["document", "ghost", "hidden"]) }),
);

const viewSchema = z.object({
	/** Characters before the cursor in its line, as it is drawn. */
	column: z.int().min(0),
	/** All lines as they are drawn, and which of them has the cursor. */
	lines: z.array(lineSchema),
	line: z.int().min(0),
	/** Lines that ghost text adds below the cursor's. */
	addedLines: z.array(z.string()),
});

/** Reads what is drawn in the active editor; not before a frame shows what was typed. */
const readView = `new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(() => {
	const editor = document.querySelector(".editor-group-container.active .monaco-editor");
	const cursor = editor?.querySelector(".cursors-layer .cursor");
	if (!cursor) {
		return resolve(undefined);
	}
	const topOf = (element) => Number.parseFloat(element.style.top);
	const plain = (text) => text.replaceAll("\\u00a0", " ");
	const partsOf = (line) => [...line.querySelectorAll("span > span")].map((part) => {
		const isGhost = part.closest(".ghost-text-decoration, .ghost-text-decoration-preview") !== null;
		const isHidden = part.closest(".ghost-text-hidden") !== null;
		return { text: plain(part.textContent), kind: isGhost ? "ghost" : isHidden ? "hidden" : "document" };
	});
	const lines = [...editor.querySelectorAll(".view-lines > .view-line")].sort((a, b) => topOf(a) - topOf(b));
	const line = lines.findIndex((line) => topOf(line) === topOf(cursor));
	const boxOf = (line) => line.firstElementChild.getBoundingClientRect();
	// The font has one width.
	const longest = lines.reduce((a, b) => (a.textContent.length < b.textContent.length ? b : a), lines[0]);
	const characterWidth = boxOf(longest).width / longest.textContent.length;
	const offset = line < 0 ? 0 : cursor.getBoundingClientRect().left - boxOf(lines[line]).left;
	resolve({
		column: Math.max(0, Math.round(offset / characterWidth)),
		lines: lines.map(partsOf),
		line,
		addedLines: [...editor.querySelectorAll(".suggest-preview-text > .view-line")]
			.sort((a, b) => topOf(a) - topOf(b))
			.map((line) => plain(line.textContent)),
	});
})))`;

/**
 * What the active editor shows, or undefined while it is drawing. Its page has to be high enough for the whole file.
 * `indentation` is what one level of the file's has: the editor draws tabs as spaces.
 */
export async function readEditor(
	page: Page,
	indentation: "tabs" | "spaces",
): Promise<EditorState | undefined> {
	const parsed = viewSchema.safeParse(await page.evaluate(readView));
	return parsed.success ? stateOf(parsed.data, indentation) : undefined;
}

type View = z.infer<typeof viewSchema>;
type Part = View["lines"][number][number];

function stateOf(
	{ column, lines, line, addedLines }: View,
	indentation: "tabs" | "spaces",
): EditorState {
	const shown = documentText(lines[line] ?? []);
	const linePrefix = shown.slice(0, column);
	const restOfLine = shown.slice(column);
	return {
		linePrefix: indentation === "spaces" ? linePrefix : linePrefix.replace(/^ +/, withTabs),
		restOfLine,
		line,
		linesBelow: lines.slice(line + 1).map((parts) => documentText(parts).trimEnd()),
		ghost: ghostOf(lines[line] ?? [], addedLines, restOfLine),
	};
}

function withTabs(spaces: string): string {
	return "\t".repeat(spaces.length / tabSize) + " ".repeat(spaces.length % tabSize);
}

function documentText(parts: readonly Part[]): string {
	return parts.map(({ text, kind }) => (kind === "ghost" ? "" : text)).join("");
}

function ghostOf(
	parts: readonly Part[],
	addedLines: readonly string[],
	restOfLine: string,
): ShownGhost | undefined {
	const last = parts.findLastIndex(({ kind }) => kind === "ghost");
	const added = addedLines.at(-1);
	if (added === undefined) {
		const behind = parts.slice(last + 1);
		return last < 0
			? undefined
			: {
					text: parts.map(({ text, kind }) => (kind === "ghost" ? text : "")).join(""),
					drawn: parts
						.slice(0, last + 1)
						.map(({ text }) => text)
						.join(""),
					restOfLine: documentText(behind),
				};
	}
	// The last line goes on with what was behind the cursor, as far as it stays.
	const rest = restOfLine.trimEnd();
	const stays = rest !== "" && added.endsWith(rest);
	const own = [...addedLines.slice(0, -1), stays ? added.slice(0, -rest.length) : added];
	const first = parts.filter(({ kind }) => kind !== "hidden");
	assert(own.length > 0);
	return {
		text: [first.map(({ text, kind }) => (kind === "ghost" ? text : "")).join(""), ...own].join(
			"\n",
		),
		drawn: [first.map(({ text }) => text).join(""), ...own].join("\n"),
		restOfLine: stays ? rest : "",
	};
}
