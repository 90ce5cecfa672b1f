import { expect } from "vitest";
import { withIndexOf } from "./indexedFolder.ts";

/** `expected`: a line for each definition, `kind container.name startLine-endLine | signature`. */
export async function checkDefinitions(
	file: string,
	text: string,
	expected: string,
): Promise<void> {
	const lines = await withIndexOf(`//- /${file}\n${text.replace(/^\n/, "")}`, (index) =>
		index.symbolsOf(file).map((symbol) => {
			const name = [symbol.container, symbol.name].filter((part) => part !== undefined).join(".");
			const signature = index.signatureOf(symbol)?.replaceAll(/\s+/g, " ").trim();
			return `${symbol.kind} ${name} ${symbol.startLine}-${symbol.endLine} | ${signature}`;
		}),
	);
	expect(lines.join("\n")).toBe(expected.trim().replaceAll(/^\s+/gm, ""));
}
