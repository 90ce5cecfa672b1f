import { byteText } from "../base/byteText.ts";
import type { Suggestion } from "../modelLibrary/suggestions.ts";
import type { WorkStep } from "../modelProcess/protocol.ts";
import type { CatalogFacts } from "./catalogFacts.ts";
import { fitOfSuggestion, modelIdOf, modelRowId, serverRowId } from "./catalogRows.ts";
import type { RowAction } from "./messages.ts";
import { percentText, workingState, fractionOf } from "./workText.ts";

/** A way from a model that only completes to one that converses, one press away. */
export interface WayOn {
	/** The same while it is the same way. */
	readonly id: string;
	readonly label: string;
	/** What it takes, in a line. */
	readonly detail: string;
	readonly does:
		| { readonly kind: "act"; readonly rowId: string; readonly action: RowAction }
		/** Shows it among the models. */
		| { readonly kind: "show"; readonly rowId: string | undefined }
		| { readonly kind: "connect" };
}

/** Servers have many models, and the list of all is one press away. */
const maxServerWays = 2;

/** A model is offered beside the best one where its download is smaller so many times: minutes in place of an hour. */
const lighterTimes = 5;

/** The ways on for somebody who has nothing that converses: the likeliest first. */
export function waysOn(facts: CatalogFacts): readonly WayOn[] {
	return allWays(facts).map((way) => ({ id: JSON.stringify(way.does), ...way }));
}

type NamelessWay = Omit<WayOn, "id">;

function allWays(facts: CatalogFacts): readonly NamelessWay[] {
	return [
		...onThisMachine(facts),
		...onServers(facts),
		{
			label: "Name a server…",
			detail: "Any that speaks the OpenAI protocol, on this machine or elsewhere",
			does: { kind: "connect" },
		},
		{
			label: "All models…",
			detail: "Suggestions, what is installed, and your own files",
			does: { kind: "show", rowId: undefined },
		},
	];
}

function onThisMachine(facts: CatalogFacts): readonly NamelessWay[] {
	const entries = facts.library?.entries ?? [];
	const ready = [
		...entries.flatMap((entry) =>
			entry.kind === "installed" && entry.converses
				? [{ id: modelRowId(entry.id), name: entry.name, bytes: entry.bytes }]
				: [],
		),
		...facts.folders.flatMap(({ folder, name, bytes, converses }) =>
			converses ? [{ id: `folder ${folder}`, name, bytes }] : [],
		),
	];
	const [first] = ready;
	if (first !== undefined) {
		return [
			{
				label: `Use ${first.name}`,
				detail: `It is installed (${byteText(first.bytes)}), and what you ask stays on this machine`,
				does: { kind: "act", rowId: first.id, action: "useForChat" },
			},
		];
	}
	return onItsWay(facts) ?? installable(facts);
}

/** A model that converses and is being installed, or was begun. */
function onItsWay(facts: CatalogFacts): readonly NamelessWay[] | undefined {
	const begun = facts.suggestions.filter(({ chat }) => chat);
	for (const suggestion of begun) {
		const work = facts.works.get(modelIdOf(suggestion));
		if (work?.kind === "running") {
			return [
				{
					label: `${suggestion.name} is being installed`,
					detail: shortText(work.step),
					does: { kind: "show", rowId: modelRowId(modelIdOf(suggestion)) },
				},
			];
		}
	}
	for (const suggestion of begun) {
		const entry = facts.library?.entries.find(({ id }) => id === modelIdOf(suggestion));
		if (entry?.kind === "unfinished") {
			return [
				{
					label: `Go on installing ${suggestion.name}`,
					detail: `Paused at ${percentText(fractionOf(entry))}`,
					does: { kind: "act", rowId: modelRowId(entry.id), action: "resume" },
				},
			];
		}
	}
	return undefined;
}

function installable(facts: CatalogFacts): readonly NamelessWay[] {
	const fitting = facts.suggestions.filter(
		(suggestion) => suggestion.chat && fitOfSuggestion(suggestion, facts).kind === "fits",
	);
	// The file has them in the order in which they are worth it.
	const [best] = fitting;
	if (best === undefined) {
		return [];
	}
	const lighter = fitting.find(
		({ download }) => download.bytes * lighterTimes <= best.download.bytes,
	);
	return [
		installing(best, "Fits this machine"),
		...(lighter === undefined ? [] : [installing(lighter, "Simpler, and sooner here")]),
	];
}

function installing({ name, repository, download, license }: Suggestion, why: string): NamelessWay {
	return {
		label: `Install ${name}`,
		detail: `${why}; about ${byteText(download.bytes)} to download, ${license}. What you ask stays here`,
		does: { kind: "act", rowId: modelRowId(modelIdOf({ repository })), action: "install" },
	};
}

/** Changes with each part of a hundred, not with each that comes. */
function shortText(step: WorkStep): string {
	const { fraction } = workingState(step, undefined);
	const far = fraction === undefined ? "" : `, ${percentText(fraction)}`;
	return `${step.kind === "converting" ? "Converts" : "Downloads"}${far}`;
}

function onServers({ servers = [] }: CatalogFacts): readonly NamelessWay[] {
	return servers
		.flatMap(({ name, address, models }) => models.map(({ id }) => ({ name, address, id })))
		.slice(0, maxServerWays)
		.map(({ name, address, id }) => ({
			label: `Use ${id}`,
			detail: `${name} runs it on this machine`,
			does: { kind: "act", rowId: serverRowId(address, id), action: "useForChat" },
		}));
}
