import type { WorkSummary } from "../../modelCatalog/workSummaries.ts";
import { amountText } from "../amounts.ts";
import { isEnabledFor, settingsSection, type Settings } from "../settings.ts";
import { statusAppearance, whatRuns, type ModelInUse, type Status } from "../status.ts";

/** What the menu of the status bar is made of. */
export interface MenuFacts {
	readonly status: Status;
	readonly settings: Pick<Settings, "enable" | "enabledLanguages"> & {
		readonly completion: Pick<Settings["completion"], "minJointProbability">;
	};
	/** Of the document in front that one may type in; undefined where there is none. */
	readonly languageId: string | undefined;
	/** A time of day; undefined while nobody snoozes. */
	readonly snoozedUntil: string | undefined;
	/** Undefined while no model is loaded. */
	readonly model: ModelInUse | undefined;
	readonly works: readonly WorkSummary[];
	/** Where the server that the user has chosen is; undefined without one. */
	readonly serverOrigin: string | undefined;
	/** Why the last request gave nothing, in a sentence. */
	readonly lastSilence: string | undefined;
	/** Whose text the last suggestion repeated of which that is known, in a sentence. */
	readonly lastCopied: string | undefined;
	/** How many next edits there are in other files; undefined where there are none. */
	readonly nextEdits: string | undefined;
}

/** Commands of package.json that the menu offers. */
export type MenuCommand =
	| "mote.showNextEditsElsewhere"
	| "mote.whyNoSuggestion"
	| "mote.chooseAmount"
	| "mote.endSnooze"
	| "mote.toggle"
	| "mote.openChat"
	| "mote.connectServer"
	| "mote.restartEngine"
	| "mote.showContext"
	| "mote.showStatistics"
	| "mote.showDiagnostics"
	| "mote.getStarted"
	| "mote.showLog";

export type MenuAction =
	| { readonly kind: "command"; readonly command: MenuCommand }
	| { readonly kind: "snooze"; readonly minutes: number }
	| { readonly kind: "setLanguage"; readonly languageId: string; readonly isOn: boolean }
	/** Of the editor's own setting. */
	| { readonly kind: "letEditorShow" }
	| { readonly kind: "showModels"; readonly rowId: string | undefined }
	| { readonly kind: "resumeModel"; readonly rowId: string }
	/** The settings editor with this search. */
	| { readonly kind: "settings"; readonly search: string };

export interface MenuItemEntry {
	readonly kind: "item";
	/** In the editor's label syntax. */
	readonly label: string;
	readonly description?: string;
	readonly detail?: string;
	readonly action: MenuAction;
}

export type MenuEntry = { readonly kind: "heading"; readonly label: string } | MenuItemEntry;

/** Minutes that one may snooze for. */
export const snoozeMinutes = [5, 30] as const;

/**
 * The menu, what a person most likely came for first: what is wrong or under way, then what is shown here, then models and
 * the chat, then what Mote did.
 */
export function menuEntries(facts: MenuFacts): readonly MenuEntry[] {
	return [
		...urgent(facts),
		heading("Suggestions"),
		...suggestions(facts),
		heading("Models and chat"),
		...models(facts),
		heading("What Mote did"),
		...insights(facts),
		item("$(book) Get started", command("mote.getStarted")),
		item("$(gear) Settings", { kind: "settings", search: "@ext:mote.mote" }),
	];
}

const heading = (label: string): MenuEntry => ({ kind: "heading", label });

function item(label: string, action: MenuAction, description?: string): MenuItemEntry {
	return {
		kind: "item",
		label,
		...(description !== undefined && description !== "" && { description }),
		action,
	};
}

const command = (name: MenuCommand): MenuAction => ({ kind: "command", command: name });

const restart = item("$(debug-restart) Restart the engine", command("mote.restartEngine"));

function urgent({ status, works }: MenuFacts): readonly MenuEntry[] {
	return [
		...(status.kind === "failed"
			? [
					{
						...restart,
						detail: status.message,
					},
				]
			: []),
		...(status.kind === "offInEditor"
			? [item("$(check) Let the editor show completions", { kind: "letEditorShow" })]
			: []),
		...(status.kind === "onBattery"
			? [
					item("$(plug) Complete on battery too…", {
						kind: "settings",
						search: `${settingsSection}.pauseOnBattery`,
					}),
				]
			: []),
		...works.map(workEntry),
	];
}

function workEntry({ kind, rowId, label, detail }: WorkSummary): MenuEntry {
	const withDetail = (entry: MenuItemEntry): MenuItemEntry =>
		detail === "" ? entry : { ...entry, detail };
	switch (kind) {
		case "working":
			return withDetail(item(`$(loading~spin) ${label}`, { kind: "showModels", rowId }));
		case "paused":
			return withDetail(item(`$(debug-continue) ${label}`, { kind: "resumeModel", rowId }));
		case "failed":
			return withDetail(item(`$(warning) ${label}`, { kind: "showModels", rowId }));
	}
}

function suggestions(facts: MenuFacts): readonly MenuEntry[] {
	const { settings, languageId, lastSilence, nextEdits } = facts;
	const gate = settings.completion.minJointProbability;
	const isOnHere = languageId !== undefined && isEnabledFor(settings, languageId);
	return [
		...(nextEdits === undefined
			? []
			: [item(`$(arrow-right) ${nextEdits}`, command("mote.showNextEditsElsewhere"))]),
		item("$(question) Why no suggestion?", command("mote.whyNoSuggestion"), lastSilence),
		item("$(settings) More or less ghost text…", command("mote.chooseAmount"), amountText(gate)),
		...snoozing(facts),
		...(settings.enable && languageId !== undefined
			? [
					item(
						isOnHere
							? `$(circle-slash) Turn completions off in ${languageId}`
							: `$(check) Turn completions on in ${languageId}`,
						{ kind: "setLanguage", languageId, isOn: !isOnHere },
					),
				]
			: []),
		settings.enable
			? item("$(circle-slash) Turn completions off everywhere", command("mote.toggle"))
			: item("$(check) Turn completions on", command("mote.toggle")),
	];
}

function snoozing({ settings, snoozedUntil }: MenuFacts): readonly MenuEntry[] {
	if (!settings.enable) {
		return [];
	}
	return snoozedUntil === undefined
		? snoozeMinutes.map((minutes) =>
				item(`$(bell-slash) Snooze for ${minutes} minutes`, { kind: "snooze", minutes }),
			)
		: [item("$(bell) End the snooze", command("mote.endSnooze"), `until ${snoozedUntil}`)];
}

function models({ model, serverOrigin }: MenuFacts): readonly MenuEntry[] {
	return [
		item("$(comment-discussion) Chat", command("mote.openChat")),
		...(model === undefined ? [] : modelEntries(model)),
		item("$(library) Models…", { kind: "showModels", rowId: undefined }),
		item(
			"$(server) Server…",
			command("mote.connectServer"),
			serverOrigin ?? "none: nothing is sent",
		),
	];
}

function modelEntries(model: ModelInUse): readonly MenuEntry[] {
	const { name, runsOn, because } = whatRuns(model);
	const search = `${settingsSection}.completion.model`;
	const named = item(`$(${model.because?.kind === "fault" ? "warning" : "package"}) ${name}`, {
		kind: "settings",
		search,
	});
	return [
		because === undefined ? named : { ...named, detail: because },
		// The log has what led to it.
		item(`$(server-process) ${runsOn}`, command("mote.showLog")),
	];
}

function insights({ status, lastCopied }: MenuFacts): readonly MenuEntry[] {
	return [
		...(lastCopied === undefined
			? []
			: [{ ...item("$(law) Repeated text", command("mote.showLog")), detail: lastCopied }]),
		item("$(eye) What went into the last prompt", command("mote.showContext")),
		item("$(graph) Statistics", command("mote.showStatistics")),
		item(
			"$(pulse) Diagnostics report",
			command("mote.showDiagnostics"),
			"to be pasted, without code or paths",
		),
		item("$(output) Log", command("mote.showLog")),
		...(status.kind === "failed" ? [] : [restart]),
	];
}

/** What stands above the menu. */
export function menuTitle(status: Status): string {
	return `Mote: ${statusAppearance(status).tooltip}`;
}
