import * as z from "zod";
import { once } from "../base/once.ts";

/**
 * What the page of statistics and the extension say to each other. The page counts as hostile: each message from it is
 * validated. It imports only types from here.
 */

/** Days that the page looks back on. */
export const spans = [30, 90, 365] as const;
export type Span = (typeof spans)[number];

export const exportFormats = ["csv", "json"] as const;
export type ExportFormat = (typeof exportFormats)[number];

export const fromStatisticsViewSchema = once(() =>
	z.discriminatedUnion("kind", [
		/** The page is there and knows nothing: answered with `statistics`. */
		z.object({ kind: z.literal("ready") }),
		z.object({ kind: z.literal("span"), days: z.literal(spans) }),
		/** The extension asks for a file. */
		z.object({ kind: z.literal("export"), format: z.enum(exportFormats) }),
		/** The extension asks whether it is meant. */
		z.object({ kind: z.literal("delete") }),
	]),
);

export type FromStatisticsView = z.infer<ReturnType<typeof fromStatisticsViewSchema>>;

export type ToStatisticsView =
	| { readonly kind: "statistics"; readonly view: StatisticsView }
	/** A sentence for screen readers and for a moment on the screen. */
	| { readonly kind: "notice"; readonly text: string };

export interface StatisticsView {
	readonly span: Span;
	/** What there is to say at the top, in a sentence or two. */
	readonly summary: string;
	/** Of the whole span. */
	readonly totals: readonly { readonly label: string; readonly text: string }[];
	/** Every day of the span, also those without anything; empty where nothing was counted in it. */
	readonly days: readonly DayRow[];
	/** The most used first. */
	readonly languages: readonly LanguageRow[];
}

export interface DayRow {
	/** `2026-11-27` */
	readonly day: string;
	readonly shown: number;
	/** As a whole or in part. */
	readonly taken: number;
	readonly savedKeys: number;
	/** In milliseconds, the middle one and that within which 95 of 100 came; undefined without suggestions. */
	readonly medianMs: number | undefined;
	readonly p95Ms: number | undefined;
}

export interface LanguageRow {
	readonly languageId: string;
	readonly shown: number;
	readonly taken: number;
	/** `92 %`, or a dash where nothing was looked at. */
	readonly kept: string;
	readonly savedKeys: number;
	readonly medianMs: number | undefined;
	readonly p95Ms: number | undefined;
}
