import { byteText } from "../base/byteText.ts";
import { importedPath, type CatalogFacts } from "./catalogFacts.ts";
import {
	entryRow,
	folderRow,
	importRow,
	modelIdOf,
	namedServerRow,
	serverRows,
	suggestionRow,
} from "./catalogRows.ts";
import type { CatalogView, LabelledText, RowAction, RowGroup, RowView } from "./messages.ts";
import { cudaRow } from "./runtimeRow.ts";

/** What the view of models shows. */
export function catalogView(facts: CatalogFacts): CatalogView {
	return { inUse: inUse(facts), machine: machineText(facts), groups: groupsOf(facts) };
}

/** Undefined where there is no such row any more. */
export function rowOf({ groups }: CatalogView, rowId: string): RowView | undefined {
	return groups.flatMap(({ rows }) => rows).find(({ id }) => id === rowId);
}

/** Whether a person could have asked for this. */
export function offersAction(row: RowView | undefined, action: RowAction): boolean {
	return row?.actions.some((one) => one.action === action) === true;
}

function groupsOf(facts: CatalogFacts): readonly RowGroup[] {
	const entries = facts.library?.entries ?? [];
	const here = new Set(entries.map(({ id }) => id));
	const card = cudaRow(facts);
	const imports = [...facts.works].filter(([key]) => importedPath(key) !== undefined);
	return [
		{
			title: "On this machine",
			emptyText: "",
			rows: [
				...imports.map(([key, work]) => importRow(key, work)),
				...entries.map((entry) => entryRow(entry, facts)),
				...facts.folders.map((model) => folderRow(model, facts)),
			],
		},
		{
			title: "Suggestions",
			emptyText: "All of them are installed.",
			rows: byFit(
				facts.suggestions
					.filter((suggestion) => !here.has(modelIdOf(suggestion)))
					.map((suggestion) => suggestionRow(suggestion, facts)),
			),
		},
		...(card === undefined ? [] : [{ title: "Graphics cards", emptyText: "", rows: [card] }]),
		{ title: "Servers", emptyText: noServers(facts), rows: serversOf(facts) },
	];
}

/** What can be installed first; both parts in the order of the file. */
function byFit(rows: readonly RowView[]): readonly RowView[] {
	const cannot = (row: RowView): boolean => row.fit.kind === "doesNotFit";
	return [...rows.filter((row) => !cannot(row)), ...rows.filter(cannot)];
}

function serversOf(facts: CatalogFacts): readonly RowView[] {
	const named = namedServerRow(facts);
	const found = (facts.servers ?? []).flatMap((server) => serverRows(server, facts));
	return [...(named === undefined ? [] : [named]), ...found.filter(({ id }) => id !== named?.id)];
}

function noServers({ offersServers, servers }: CatalogFacts): string {
	if (!offersServers) {
		return "This machine isn't looked at for servers: a setting, or Restricted Mode, says so.";
	}
	return servers === undefined
		? "Looks for Ollama, LM Studio and llama.cpp on this machine…"
		: "Neither Ollama, LM Studio nor llama.cpp answers at its usual port on this machine.";
}

function inUse({ use }: CatalogFacts): readonly LabelledText[] {
	return [
		{ label: "Completions", text: use.completionName ?? "No model is loaded" },
		{ label: "Chat", text: use.chatName ?? "No model converses yet" },
	];
}

function machineText({ memoryBytes, library }: CatalogFacts): string {
	const disk = library === undefined ? "" : ` and ${byteText(library.freeDiskBytes)} of free disk`;
	return `This machine has ${byteText(memoryBytes)} of memory${disk}. Models run on the processor. A graphics card is used only where “mote.engine.gpu” says so; its memory isn't needed for them.`;
}
