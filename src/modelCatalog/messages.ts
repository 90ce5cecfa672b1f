import * as z from "zod";

/**
 * What the view of models and the extension say to each other. The view shows what hubs and servers call their models, so
 * it counts as hostile: each message from it is validated, and an action is done only where the catalog offers it.
 * The view imports only types from here.
 */

export const rowActions = [
	"install",
	"pause",
	"resume",
	"useForChat",
	"useForCompletions",
	"disconnect",
	"remove",
	/** Opens the page of the model on its hub in a browser. */
	"openSource",
] as const;

export type RowAction = (typeof rowActions)[number];

export const fromModelsViewSchema = z.discriminatedUnion("kind", [
	/** The view is there and knows nothing: answered with `catalog`. */
	z.object({ kind: z.literal("ready") }),
	z.object({
		kind: z.literal("act"),
		rowId: z.string().min(1).max(5000),
		action: z.enum(rowActions),
	}),
	/** Of somebody's own: the extension asks which. */
	z.object({ kind: z.literal("importFile") }),
	z.object({ kind: z.literal("importFolder") }),
	z.object({ kind: z.literal("connectServer") }),
	/** Reads the library and asks for servers again. */
	z.object({ kind: z.literal("lookAgain") }),
]);

export type FromModelsView = z.infer<typeof fromModelsViewSchema>;

export type ToModelsView =
	| { readonly kind: "catalog"; readonly catalog: CatalogView }
	/** Brings a row to the front. */
	| { readonly kind: "select"; readonly rowId: string }
	/** A sentence for screen readers and for a moment on the screen. */
	| { readonly kind: "notice"; readonly text: string };

export interface CatalogView {
	/** What answers now, a line each. */
	readonly inUse: readonly LabelledText[];
	/** What this machine has, in a sentence or two. */
	readonly machine: string;
	readonly groups: readonly RowGroup[];
}

export interface RowGroup {
	readonly title: string;
	/** Instead of rows, where there are none. */
	readonly emptyText: string;
	readonly rows: readonly RowView[];
}

export interface RowView {
	/** The same for a model while it is suggested, installed and in use. */
	readonly id: string;
	readonly name: string;
	/** One line. */
	readonly summary: string;
	/** What it is used for at the moment. */
	readonly badges: readonly string[];
	readonly state: RowState;
	readonly fit: { readonly kind: "fits" | "doesNotFit" | "unknown"; readonly sentence: string };
	readonly details: readonly LabelledText[];
	/** The first is what a person most likely wants. */
	readonly actions: readonly { readonly action: RowAction; readonly label: string }[];
}

export type RowState =
	| { readonly kind: "still" }
	/** From 0 to 1; undefined where nothing can be measured. */
	| { readonly kind: "working"; readonly text: string; readonly fraction: number | undefined }
	| { readonly kind: "paused"; readonly text: string; readonly fraction: number }
	/** One sentence that says what to do about it. */
	| { readonly kind: "failed"; readonly sentence: string };

export interface LabelledText {
	readonly label: string;
	readonly text: string;
}
