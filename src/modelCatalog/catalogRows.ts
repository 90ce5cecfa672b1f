import { basename } from "node:path";
import { byteText } from "../base/byteText.ts";
import { fitOf, neededMemoryBytes, type MachineCapacity } from "../modelLibrary/machineFit.ts";
import { needsOf, obstacleTo, type Suggestion } from "../modelLibrary/suggestions.ts";
import type { CatalogEntry } from "../modelProcess/protocol.ts";
import {
	cudaKey,
	importedPath,
	type CatalogFacts,
	type FolderModel,
	type FoundServer,
	type Work,
} from "./catalogFacts.ts";
import type { LabelledText, RowState, RowView } from "./messages.ts";
import { abilityText, installedDetails, suggestionDetails } from "./rowDetails.ts";
import { pausedState, workingState } from "./workText.ts";

type Actions = RowView["actions"];
type Fit = RowView["fit"];

/** Of a model of the library, by its folder's name; the same before it is installed. */
export function modelRowId(modelId: string): string {
	return `model ${modelId}`;
}

export function serverRowId(address: string, model: string): string {
	return `server ${address} ${model}`;
}

/** What an action on a row is about. */
export type RowTarget =
	| { readonly kind: "model"; readonly modelId: string }
	| { readonly kind: "folder"; readonly folder: string }
	| { readonly kind: "server"; readonly address: string; readonly model: string }
	| { readonly kind: "import"; readonly path: string }
	| { readonly kind: "runtime" };

/** Undefined for what is no row's id. */
export function targetOf(rowId: string): RowTarget | undefined {
	const path = importedPath(rowId);
	if (path !== undefined) {
		return { kind: "import", path };
	}
	if (rowId === cudaKey) {
		return { kind: "runtime" };
	}
	const [kind = "", first = "", ...rest] = rowId.split(" ");
	switch (kind) {
		case "model":
			return { kind, modelId: first };
		case "folder":
			return { kind, folder: [first, ...rest].join(" ") };
		case "server":
			return { kind, address: first, model: rest.join(" ") };
		default:
			return undefined;
	}
}

/** The name of a model's folder in the library, as the library makes it of "owner/name". */
export function modelIdOf({ repository }: Pick<Suggestion, "repository">): string {
	return repository.replace("/", "--");
}

/** A model that is here, whether whole, on its way or unusable. */
export function entryRow(entry: CatalogEntry, facts: CatalogFacts): RowView {
	const id = modelRowId(entry.id);
	const work = facts.works.get(entry.id);
	const suggestion = facts.suggestions.find((one) => modelIdOf(one) === entry.id);
	switch (entry.kind) {
		case "installed":
			return { ...wholeRow(id, entry, facts), ...failureOf(work) };
		case "unusable":
			return {
				id,
				name: suggestion?.name ?? entry.id.replace("--", "/"),
				summary: `${byteText(entry.bytes)}, can't be used`,
				badges: [],
				state: { kind: "failed", sentence: entry.problem },
				fit: { kind: "unknown", sentence: "" },
				details: suggestion === undefined ? [] : suggestionDetails(suggestion),
				actions: [
					...(suggestion === undefined
						? []
						: [{ action: "install" as const, label: "Install again" }]),
					removal(entry.bytes),
				],
			};
		case "unfinished": {
			const name = suggestion?.name ?? entry.repository;
			const state: RowState =
				work?.kind === "failed" ? { kind: "failed", sentence: work.sentence } : pausedState(entry);
			return {
				id,
				name,
				summary: `${byteText(entry.totalBytes)} to download`,
				badges: [],
				state,
				fit:
					suggestion === undefined
						? { kind: "unknown", sentence: "" }
						: fitOfSuggestion(suggestion, facts, entry.doneBytes),
				details:
					suggestion === undefined
						? [{ label: "On the hub", text: entry.repository }]
						: suggestionDetails(suggestion),
				actions: [{ action: "resume", label: "Resume" }, removal(entry.doneBytes)],
				...runningState(work),
			};
		}
	}
}

/** A model that could be installed. */
export function suggestionRow(suggestion: Suggestion, facts: CatalogFacts): RowView {
	const fit = fitOfSuggestion(suggestion, facts);
	const work = facts.works.get(modelIdOf(suggestion));
	const { download, license } = suggestion;
	const about = download.basis === "computed" ? "about " : "";
	return {
		id: modelRowId(modelIdOf(suggestion)),
		name: suggestion.name,
		summary: `${abilityText(abilitiesOf(suggestion))} · ${about}${byteText(download.bytes)} · ${license}`,
		badges: [],
		state: { kind: "still" },
		fit,
		details: suggestionDetails(suggestion),
		actions: [
			...(fit.kind === "fits" ? [{ action: "install" as const, label: "Install" }] : []),
			{ action: "openSource", label: "Open its page" },
		],
		...failureOf(work),
		...runningState(work),
	};
}

/** A checkpoint or file of somebody's own that is being imported. */
export function importRow(key: string, work: Work): RowView {
	const path = importedPath(key) ?? key;
	return {
		id: key,
		name: basename(path),
		summary: "Your own file",
		badges: [],
		state: { kind: "still" },
		fit: { kind: "unknown", sentence: "" },
		details: [{ label: "From", text: path }],
		actions: [{ action: "resume", label: work.kind === "failed" ? "Try again" : "Resume" }],
		...(work.kind === "paused" && {
			state: { kind: "paused", text: "Paused: what was converted is kept.", fraction: 0 },
		}),
		...failureOf(work),
		...runningState(work),
	};
}

/** A model in a folder outside of the library. */
export function folderRow(model: FolderModel, facts: CatalogFacts): RowView {
	const row = wholeRow(`folder ${model.folder}`, model, facts);
	return model.isBundled
		? { ...row, summary: `${row.summary} · ships with Mote` }
		: { ...row, details: [...row.details, { label: "Folder", text: model.folder }] };
}

export function serverRows(server: FoundServer, facts: CatalogFacts): readonly RowView[] {
	const { name, address } = server;
	return server.models.map(({ id: model, contextTokens }) =>
		serverModelRow({ serverName: name, address, model, contextTokens }, facts),
	);
}

/** The server that somebody has named. */
export function namedServerRow(facts: CatalogFacts): RowView | undefined {
	const { server } = facts.use;
	return (
		server &&
		serverModelRow(
			{
				serverName: "The server that you have named",
				address: server.address,
				model: server.model,
				contextTokens: undefined,
			},
			facts,
		)
	);
}

interface ServerModel {
	readonly serverName: string;
	readonly address: string;
	readonly model: string;
	readonly contextTokens: number | undefined;
}

function serverModelRow(
	{ serverName, address, model, contextTokens }: ServerModel,
	{ use }: CatalogFacts,
): RowView {
	const inForce =
		use.server?.address === address && use.server.model === model ? use.server : undefined;
	const badges = [
		...(inForce?.useForChat === true ? ["chat"] : []),
		...(inForce?.useForCompletions === true ? ["completions"] : []),
	];
	const actions: Actions = [
		...(badges.includes("chat")
			? []
			: [{ action: "useForChat" as const, label: "Use for the chat" }]),
		...(badges.includes("completions")
			? []
			: [{ action: "useForCompletions" as const, label: "Use for completions" }]),
		...(inForce === undefined
			? []
			: [{ action: "disconnect" as const, label: "Disconnect the server" }]),
	];
	const details: LabelledText[] = [
		{ label: "Server", text: serverName },
		{ label: "Address", text: address },
		...(contextTokens === undefined
			? []
			: [{ label: "Context", text: `${contextTokens.toLocaleString("en")} tokens` }]),
	];
	return {
		id: serverRowId(address, model),
		name: model === "" ? "The first that the server lists" : model,
		summary: serverName,
		badges,
		state: { kind: "still" },
		fit: { kind: "unknown", sentence: "It runs in the server, whose memory it takes." },
		details,
		actions,
	};
}

type WholeModel = Pick<
	FolderModel,
	"folder" | "name" | "license" | "contextTokens" | "fillsIn" | "converses" | "bytes"
> & { readonly isBundled?: boolean };

function wholeRow(id: string, model: WholeModel, { use, memoryBytes }: CatalogFacts): RowView {
	const completes = use.completionFolder === model.folder && use.server?.useForCompletions !== true;
	const isChatFolder =
		use.chatFolder === model.folder ||
		(use.chatFolder === undefined && use.completionFolder === model.folder);
	const converses = isChatFolder && model.converses && use.server?.useForChat !== true;
	const actions: Actions = [
		...(model.converses && !converses
			? [{ action: "useForChat" as const, label: "Use for the chat" }]
			: []),
		...(model.fillsIn && !completes
			? [{ action: "useForCompletions" as const, label: "Use for completions" }]
			: []),
		...(model.isBundled === undefined ? [removal(model.bytes)] : []),
	];
	return {
		id,
		name: model.name,
		summary: `${abilityText(model)} · ${byteText(model.bytes)} · ${model.license}`,
		badges: [...(completes ? ["completions"] : []), ...(converses ? ["chat"] : [])],
		state: { kind: "still" },
		fit: fitOfInstalled(model, memoryBytes),
		details: installedDetails(model),
		actions,
	};
}

function fitOfInstalled({ bytes }: WholeModel, memoryBytes: number): Fit {
	const needed = neededMemoryBytes({ downloadBytes: 0, installedBytes: bytes });
	const sentence = `It needs ${byteText(needed)} of memory beside an editor; this machine has ${byteText(memoryBytes)}.`;
	return { kind: needed <= memoryBytes ? "fits" : "doesNotFit", sentence };
}

/** With the reason, in numbers; `doneBytes` of it are here already. */
export function fitOfSuggestion(suggestion: Suggestion, facts: CatalogFacts, doneBytes = 0): Fit {
	const obstacle = obstacleTo(suggestion, facts.importable);
	if (obstacle !== undefined) {
		return { kind: "doesNotFit", sentence: `It can't be installed: ${obstacle}.` };
	}
	if (facts.library === undefined) {
		return { kind: "unknown", sentence: "The free disk is being measured." };
	}
	const machine: MachineCapacity = {
		memoryBytes: facts.memoryBytes,
		freeDiskBytes: facts.library.freeDiskBytes,
	};
	const { downloadBytes, installedBytes } = needsOf(suggestion);
	const needs = { downloadBytes: Math.max(0, downloadBytes - doneBytes), installedBytes };
	const fit = fitOf(suggestion.name, needs, machine);
	if (fit.kind !== "fits") {
		return { kind: "doesNotFit", sentence: fit.sentence };
	}
	const memory = byteText(neededMemoryBytes(needs));
	return {
		kind: "fits",
		sentence: `It fits: it needs ${memory} of memory beside an editor, and ${byteText(needs.downloadBytes + installedBytes)} on the disk while it is installed, ${byteText(installedBytes)} after that.`,
	};
}

function abilitiesOf({ fim, chat }: Suggestion): {
	readonly fillsIn: boolean;
	readonly converses: boolean;
} {
	return { fillsIn: fim !== null, converses: chat };
}

/** Says how much space it frees, in bytes. */
export function removal(bytes: number): Actions[number] {
	return { action: "remove", label: `Remove, frees ${byteText(bytes)}` };
}

/** What of a row is another thing while something is done for it. */
export function runningState(work: Work | undefined): Partial<RowView> {
	return work?.kind !== "running"
		? {}
		: {
				state: workingState(work.step, work.bytesPerSecond),
				badges: work.isForChat ? ["for the chat"] : [],
				actions: [{ action: "pause", label: "Pause" }],
			};
}

export function failureOf(work: Work | undefined): Partial<RowView> {
	return work?.kind === "failed" ? { state: { kind: "failed", sentence: work.sentence } } : {};
}
