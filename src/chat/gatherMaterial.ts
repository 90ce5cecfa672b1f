import { promptPath } from "../base/promptPath.ts";
import type { ContextPiece } from "../context/piece.ts";
import type { QuestionTarget } from "./chatEditor.ts";
import type {
	ActiveDocument,
	ChatWorkspace,
	FileOutcome,
	FileRefusal,
	Problem,
	WorkspaceSymbol,
} from "./chatWorkspace.ts";
import { countLines, lineSpan, linesOf, quotedName, type Material } from "./material.ts";
import { mentionsIn, type Mention } from "./mentions.ts";
import { slashCommandOf } from "./slashCommands.ts";

/** What a question brings along, before it is known what fits. */
export interface GatheredMaterial {
	/** In the order in which they were asked for. */
	readonly materials: readonly Material[];
	/** Related code, the most relevant last: as much of it as fits. */
	readonly pieces: readonly ContextPiece[];
	/** What could not be had, in words. */
	readonly leftOut: readonly string[];
	/** The code that the question is about. */
	readonly target: QuestionTarget | undefined;
}

export interface GatherLimits {
	/** Most UTF-16 units that are read of one file. */
	readonly fileLength: number;
	/** For related code; 0 for none. */
	readonly relatedTokens: number;
}

const maxProblems = 50;
const maxProblemLength = 1_000;
/** Definitions that are shown of one name. */
const maxDefinitions = 5;
/** Lines around the marked code that a command shows. */
const surroundingLines = 60;

/** Reads what a question mentions, and what its slash command needs. */
export async function gatherMaterial(
	text: string,
	workspace: ChatWorkspace,
	limits: GatherLimits,
	signal: AbortSignal,
): Promise<GatheredMaterial> {
	const command = slashCommandOf(text);
	const mentions = mentionsIn(text);
	const materials: Material[] = [];
	const leftOut: string[] = [];
	const document = workspace.activeDocument();
	const pointsAtCode = mentions.some(({ kind }) => kind === "file" || kind === "symbol");
	const needsTarget =
		mentions.some(({ kind }) => kind === "selection") || (command !== undefined && !pointsAtCode);
	const target =
		needsTarget && document !== undefined
			? await markedCode(document, workspace, signal)
			: undefined;
	if (needsTarget) {
		if (target === undefined) {
			leftOut.push(`the selection: ${whyNoTarget(workspace)}`);
		} else {
			materials.push(targetMaterial(target));
		}
	}
	if (command !== undefined && target !== undefined && document !== undefined) {
		const problems = command.kind === "fix" ? problemsIn(target, workspace) : [];
		materials.push(
			...problemsMaterial(problems, "The problems that the editor reports there"),
			...surroundings(target, document.text),
		);
	}
	for (const mention of mentions) {
		const found = await mentioned(mention, workspace, limits, signal);
		materials.push(...found.materials);
		leftOut.push(...found.leftOut);
	}
	const wantsRelated =
		limits.relatedTokens > 0 &&
		(mentions.some(({ kind }) => kind === "repo") ||
			(command !== undefined && target !== undefined));
	const pieces = wantsRelated
		? await workspace.relatedCode(
				{
					question: text,
					place:
						document === undefined
							? undefined
							: { path: document.path, position: document.selection.start },
					budgetTokens: limits.relatedTokens,
				},
				signal,
			)
		: [];
	return { materials: distinct(materials), pieces, leftOut, target };
}

/** Why there is no code to ask about, to be read after a colon. */
function whyNoTarget(workspace: ChatWorkspace): string {
	const hidden = workspace.hiddenDocument?.();
	return hidden === undefined
		? "no document is open that may be shown"
		: `${promptPath(hidden)} may hold credentials, so it is never shown to a model`;
}

interface Mentioned {
	readonly materials: readonly Material[];
	readonly leftOut: readonly string[];
}

const nothing: Mentioned = { materials: [], leftOut: [] };

async function mentioned(
	mention: Mention,
	workspace: ChatWorkspace,
	limits: GatherLimits,
	signal: AbortSignal,
): Promise<Mentioned> {
	switch (mention.kind) {
		case "selection":
		case "repo":
			return nothing;
		case "problems": {
			const materials = problemsMaterial(
				activeFirst(workspace),
				"The problems that the editor reports",
			);
			return materials.length > 0
				? { materials, leftOut: [] }
				: without("problems: there are none");
		}
		case "file":
			return mentionedFile(mention.path, workspace, limits, signal);
		case "symbol":
			return mentionedSymbol(mention.name, workspace, limits, signal);
	}
}

async function mentionedFile(
	path: string,
	workspace: ChatWorkspace,
	{ fileLength }: GatherLimits,
	signal: AbortSignal,
): Promise<Mentioned> {
	const outcome = await readMentioned(path, workspace, fileLength, signal);
	if (outcome.kind === "refused") {
		return without(`${promptPath(path)}: ${refusalWords[outcome.reason]}`);
	}
	const name = promptPath(outcome.path);
	const { languageId, text, isCut } = outcome;
	const material = {
		label: name,
		heading: `The file ${quotedName(outcome.path)}`,
		info: languageId,
		text,
		isCut,
	};
	return { materials: [material], leftOut: isCut ? [`the end of ${name}`] : [] };
}

/** Somebody who types a path by hand leaves its folders out: it still names the only file that ends so. */
async function readMentioned(
	path: string,
	workspace: ChatWorkspace,
	fileLength: number,
	signal: AbortSignal,
): Promise<FileOutcome> {
	const outcome = await workspace.readFile(path, fileLength, signal);
	if (outcome.kind === "text" || outcome.reason !== "notFound") {
		return outcome;
	}
	const found = await workspace.findFiles(path, 10, signal);
	const [only, ...others] = found.filter((each) => each.endsWith(`/${path}`));
	return only === undefined || others.length > 0
		? outcome
		: await workspace.readFile(only, fileLength, signal);
}

const refusalWords: Readonly<Record<FileRefusal, string>> = {
	notFound: "there is no such file in the workspace",
	secret: "it may hold credentials, so it is never shown to a model",
	unreadable: "it is no text",
};

async function mentionedSymbol(
	name: string,
	workspace: ChatWorkspace,
	{ fileLength }: GatherLimits,
	signal: AbortSignal,
): Promise<Mentioned> {
	const label = promptPath(name);
	const found = await workspace.findSymbols(name, 20, signal);
	const definitions = found.filter((symbol) => symbol.name === name).slice(0, maxDefinitions);
	if (definitions.length === 0) {
		return without(`${label}: no such definition is known`);
	}
	const materials: Material[] = [];
	const leftOut: string[] = [];
	for (const definition of definitions) {
		const outcome = await workspace.readFile(definition.path, fileLength, signal);
		if (outcome.kind === "text") {
			materials.push(definitionMaterial(definition, outcome));
		} else {
			leftOut.push(`${label} of ${promptPath(definition.path)}: ${refusalWords[outcome.reason]}`);
		}
	}
	return { materials, leftOut };
}

function definitionMaterial(
	symbol: WorkspaceSymbol,
	file: Extract<FileOutcome, { kind: "text" }>,
): Material {
	const path = promptPath(file.path);
	const name = promptPath(symbol.name);
	return {
		label: `${name} (${path})`,
		heading: `The definition of ${quotedName(symbol.name)}, lines ${lineSpan(symbol)} of ${quotedName(file.path)}`,
		info: file.languageId,
		text: linesOf(file.text, symbol.startLine, symbol.endLine),
		isCut: file.isCut && countLines(file.text) <= symbol.endLine,
	};
}

/** The selected lines; without a selection the definition at the cursor, or else the whole document. */
async function markedCode(
	document: ActiveDocument,
	workspace: ChatWorkspace,
	signal: AbortSignal,
): Promise<QuestionTarget> {
	const { path, languageId, text, selection } = document;
	const { start, end } = selection;
	const isEmpty = start.line === end.line && start.column === end.column;
	const lastLine = Math.max(0, countLines(text) - 1);
	const range = isEmpty
		? ((await workspace.definitionAround(path, start.line, signal)) ?? {
				startLine: 0,
				endLine: lastLine,
			})
		: {
				startLine: start.line,
				// A selection of whole lines ends at the start of the next one.
				endLine: end.column === 0 && end.line > start.line ? end.line - 1 : end.line,
			};
	const startLine = Math.min(range.startLine, lastLine);
	const endLine = Math.min(Math.max(startLine, range.endLine), lastLine);
	return { path, languageId, startLine, endLine, text: linesOf(text, startLine, endLine) };
}

function targetMaterial(target: QuestionTarget): Material {
	return {
		label: `selection (${promptPath(target.path)})`,
		heading: `The marked code (the selection), lines ${lineSpan(target)} of ${quotedName(target.path)}`,
		info: target.languageId,
		text: target.text,
		isCut: false,
	};
}

function surroundings(target: QuestionTarget, text: string): Material[] {
	const path = quotedName(target.path);
	const first = Math.max(0, target.startLine - surroundingLines);
	const last = Math.min(countLines(text) - 1, target.endLine + surroundingLines);
	const around = [
		{ where: "before", startLine: first, endLine: target.startLine - 1 },
		{ where: "after", startLine: target.endLine + 1, endLine: last },
	];
	return around
		.filter(({ startLine, endLine }) => startLine <= endLine)
		.map(({ where, startLine, endLine }) => ({
			label: `lines ${where} it`,
			heading: `For orientation, what stands ${where} the marked code in ${path}`,
			info: target.languageId,
			text: linesOf(text, startLine, endLine),
			isCut: false,
		}));
}

/** The problems of the marked lines; all of the file's when none is on them. */
export function problemsIn(target: QuestionTarget, workspace: ChatWorkspace): Problem[] {
	const all = workspace.problems(target.path);
	const here = all.filter(
		({ range }) => range.start.line <= target.endLine && range.end.line >= target.startLine,
	);
	return [...(here.length > 0 ? here : all)];
}

function activeFirst(workspace: ChatWorkspace): Problem[] {
	const active = workspace.activeDocument()?.path;
	const problems = workspace.problems();
	return [
		...problems.filter(({ path }) => path === active),
		...problems.filter(({ path }) => path !== active),
	];
}

function problemsMaterial(problems: readonly Problem[], heading: string): Material[] {
	return problems.length === 0
		? []
		: [
				{
					label: "problems",
					heading,
					info: "text",
					text: problems
						.slice(0, maxProblems)
						.map((problem) => `${problemLine(problem)}\n`)
						.join(""),
					isCut: problems.length > maxProblems,
				},
			];
}

function problemLine({ path, range, severity, source, code, message }: Problem): string {
	const name = [source, code].filter((part) => part !== undefined && part !== "").join(" ");
	const words = message.replaceAll(/\s+/g, " ").slice(0, maxProblemLength).toWellFormed();
	return `${promptPath(path)}:${range.start.line + 1}: ${severity}${name === "" ? "" : ` ${name}`}: ${words}`;
}

/** The same text may be asked for twice: a file, and the symbol that is all of it. */
function distinct(materials: readonly Material[]): Material[] {
	const known = new Map(materials.map((material) => [material.heading, material]));
	return [...known.values()];
}

function without(words: string): Mentioned {
	return { materials: [], leftOut: [words] };
}
