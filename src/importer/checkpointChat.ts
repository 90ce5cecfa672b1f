import * as z from "zod";
import { foreignList } from "../base/foreignJson.ts";
import { maxChatTemplateLength, type ChatFormat } from "../model/manifest.ts";
import { readCheckpointJson, type CheckpointFiles } from "./checkpointSource.ts";

/** How to converse with a checkpoint, as far as its files say; with `problem` it can't be used. */
export type CheckpointChat =
	| { readonly kind: "none" }
	| { readonly kind: "chat"; readonly chat: ChatFormat }
	| { readonly kind: "unusable"; readonly problem: string };

const maxConfigBytes = 20_000_000;
const maxTemplateBytes = 4 * maxChatTemplateLength;
const maxSpecialTokens = 64;
const maxStopTokens = 16;

const tokenName = z
	.union([
		z.string(),
		z.object({ content: z.string() }).transform(({ content }) => content),
		z.null(),
	])
	.optional();
const tokenizerConfigSchema = z.object({
	chat_template: z
		.union([
			z.string(),
			// Several by name: for tools, for retrieval. The plain one is called "default".
			foreignList(z.object({ name: z.string(), template: z.string() }), 100),
			z.null(),
		])
		.optional(),
	bos_token: tokenName,
	eos_token: tokenName,
});
const generationConfigSchema = z.object({
	eos_token_id: z.union([z.int(), foreignList(z.int(), 100), z.null()]).optional(),
});

/**
 * Reads the chat template of a checkpoint, from chat_template.jinja or tokenizer_config.json,
 * and which special tokens go with it. Throws an ImportError for files that are not what they should be.
 *
 * @param specialTokens Of its tokenizer, by name.
 */
export async function readCheckpointChat(
	files: CheckpointFiles,
	specialTokens: ReadonlyMap<string, number>,
): Promise<CheckpointChat> {
	const config =
		(await readCheckpointJson(
			files,
			"tokenizer_config.json",
			tokenizerConfigSchema,
			maxConfigBytes,
		)) ?? {};
	const template =
		(await files.text("chat_template.jinja", maxTemplateBytes)) ??
		plainTemplate(config.chat_template);
	if (template === undefined || template === "") {
		return { kind: "none" };
	}
	if (template.length > maxChatTemplateLength) {
		return {
			kind: "unusable",
			problem: `its chat template has ${template.length} characters, more than ${maxChatTemplateLength}`,
		};
	}
	const generation =
		(await readCheckpointJson(
			files,
			"generation_config.json",
			generationConfigSchema,
			maxConfigBytes,
		)) ?? {};
	const known = (name: string | null | undefined): readonly string[] =>
		typeof name === "string" && specialTokens.has(name) ? [name] : [];
	const endIds = new Set([generation.eos_token_id ?? []].flat());
	const [bosToken] = known(config.bos_token);
	const [eosToken] = known(config.eos_token);
	const names = [...specialTokens.keys()];
	const used = names.filter(
		(name) => template.includes(name) || name === bosToken || name === eosToken,
	);
	if (used.length > maxSpecialTokens || used.some((name) => name === "" || name.length > 100)) {
		return { kind: "unusable", problem: `its chat template names ${used.length} special tokens` };
	}
	const ends = names.filter((name) => endIds.has(specialTokens.get(name) ?? -1));
	return {
		kind: "chat",
		chat: {
			template,
			specialTokens: used,
			stopTokens: [...new Set([...known(config.eos_token), ...ends])].slice(0, maxStopTokens),
			...(bosToken !== undefined && { bosToken }),
			...(eosToken !== undefined && { eosToken }),
		},
	};
}

function plainTemplate(
	templates: z.infer<typeof tokenizerConfigSchema>["chat_template"],
): string | undefined {
	return Array.isArray(templates)
		? (templates.find(({ name }) => name === "default") ?? templates[0])?.template
		: (templates ?? undefined);
}
