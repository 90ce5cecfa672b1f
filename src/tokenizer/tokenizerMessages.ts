import * as z from "zod";
import { once } from "../base/once.ts";
import type { TokenizerTables } from "./tokenizerTables.ts";

/** What the thread that reads a tokenizer is started with, and its one answer. Both threads are of one build. */
export const tokenizerWorkerDataSchema = once(() => z.object({ tokenizerPath: z.string() }));

export const tokenizerReplySchema = once(() =>
	z.discriminatedUnion("kind", [
		z.object({
			kind: z.literal("tables"),
			tables: z.custom<TokenizerTables>((value) => typeof value === "object" && value !== null),
		}),
		/** The file can't be used: the sentence of the UserError. */
		z.object({ kind: z.literal("refused"), sentence: z.string() }),
	]),
);

export type TokenizerReply = z.infer<ReturnType<typeof tokenizerReplySchema>>;
