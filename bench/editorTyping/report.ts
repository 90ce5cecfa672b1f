import { typingFigures, type TypingFigures } from "../../src/evaluation/typing/typingFigures.ts";
import type { Machine } from "../../src/cli/bench/machine.ts";
import type { DrivenKind } from "./drivenKind.ts";

export interface EditorTypingReport {
	readonly date: string;
	readonly machine: Machine;
	/** Of the machine before and after each file, the least and the most. */
	readonly load: { readonly least: number; readonly most: number };
	readonly all: TypingFigures;
	/** Kinds that were not typed. */
	readonly left: readonly string[];
	readonly kinds: readonly (Omit<DrivenKind, "picture" | "machine"> & {
		readonly figures: TypingFigures;
	})[];
}

export function reportOf(
	kinds: readonly DrivenKind[],
	left: readonly string[],
): EditorTypingReport {
	const loads = kinds.flatMap(({ load }) => [load.before, load.after]);
	const machine = kinds[0]?.machine;
	if (machine === undefined || kinds.some((kind) => kind.machine.processor !== machine.processor)) {
		throw new Error("What was driven on different machines is not one result.");
	}
	return {
		date:
			kinds
				.map(({ date }) => date.slice(0, 10))
				.sort()
				.at(-1) ?? "",
		machine,
		load: { least: Math.min(...loads), most: Math.max(...loads) },
		all: figuresOf(kinds),
		left,
		kinds: kinds.map(({ kind, file, date, load, places }) => ({
			...{ kind, file, date, load, places },
			figures: figuresOf([{ places }]),
		})),
	};
}

function figuresOf(kinds: readonly Pick<DrivenKind, "places">[]): TypingFigures {
	return typingFigures(
		kinds.flatMap(({ places }) =>
			places.map((place) => ({ ...place, silences: silencesOf(place) })),
		),
	);
}

/** How far a prompt was read doesn't matter. */
function silencesOf({ silences }: DrivenKind["places"][number]): ReadonlyMap<string, number> {
	const looks = new Map<string, number>();
	for (const [sentence, count] of Object.entries(silences)) {
		const reason = sentence.replace(/:.*$/, ".");
		looks.set(reason, (looks.get(reason) ?? 0) + count);
	}
	return looks;
}

export function asMarkdown(report: EditorTypingReport, name: string): string {
	const { machine, load, all, left, kinds } = report;
	const head = [
		"kind",
		"places",
		"keys",
		"saved",
		"shown",
		"right",
		"wrong",
		"characters",
		"of several lines",
	];
	const wrong = kinds.flatMap(({ kind, places }) =>
		places.flatMap(({ ghosts }) =>
			ghosts
				.filter(({ isRight }) => !isRight)
				.map(({ lineBefore, text, written }) => [
					kind,
					code(lineBefore.trimStart()),
					code(text),
					code(written),
				]),
		),
	);
	return [
		"# What ghost text is shown, typed in a real editor",
		"",
		`${report.date}, ${machine.processor} (${machine.instructionSets.join(", ")}), ${machine.logicalCores} cores; load of the machine ` +
			`${load.least.toFixed(1)} to ${load.most.toFixed(1)}, of which the editor and the browser are a part.`,
		"",
		"The script in test/fixtures/toolshed, a small project in its second week, typed with `bench/editorTyping.ts` into VS Code " +
			"(code-server) with the packaged extension as it ships: 8 to 12 keys a second, pauses behind signs and at the " +
			"beginning of lines, a look before each key. A ghost is right when it is what comes next, and is then taken with Tab; a " +
			"wrong one is typed over. Keys, ghosts and what is saved are counted as `mote eval --typing` does; what the editor " +
			"closes by itself counts as typed. Characters are the keys that a ghost's text would take.",
		"",
		...table([head, ...kinds.map(({ kind, figures }) => row(kind, figures)), row("all", all)]),
		...(left.length === 0 ? [] : ["", `Not typed: ${left.join(", ")}.`]),
		"",
		"Looks that showed nothing, by what the status bar said:",
		"",
		...table([
			["kind", ...reasonsOf(kinds)],
			...kinds.map(({ kind, figures }) => [
				kind,
				...reasonsOf(kinds).map((reason) => percent(figures.silences[reason] ?? 0)),
			]),
		]),
		"",
		"Wrong ghosts, and what was to be written:",
		"",
		...table([["kind", "the line so far", "shown", "written"], ...wrong]),
		"",
		`![Dark](${name}-dark.png)`,
		"",
		`![Light](${name}-light.png)`,
		"",
	].join("\n");
}

function row(kind: string, figures: TypingFigures): readonly string[] {
	const right = Math.round((figures.right?.value ?? 0) * figures.ghosts);
	return [
		kind,
		String(figures.places),
		String(figures.keys),
		percent(figures.keysSaved?.value ?? 0),
		String(figures.ghosts),
		String(right),
		String(figures.ghosts - right),
		figures.charactersPerGhost?.value.toFixed(1) ?? "–",
		String(figures.ghostsOfSeveralLines),
	];
}

function reasonsOf(kinds: EditorTypingReport["kinds"]): readonly string[] {
	return [...new Set(kinds.flatMap(({ figures }) => Object.keys(figures.silences)))].sort();
}

function table([head, ...rows]: readonly (readonly string[])[]): readonly string[] {
	const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
	return [line(head ?? []), line((head ?? []).map(() => "---")), ...rows.map(line)];
}

function percent(share: number): string {
	return `${(100 * share).toFixed(1)} %`;
}

/** As inline code of a table's cell. */
function code(text: string): string {
	const line = text.replaceAll("\n", "⏎").replaceAll("\t", "⇥").replaceAll("|", "\\|");
	return line === "" ? "" : `\`\` ${line} \`\``;
}
