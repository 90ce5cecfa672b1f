import * as z from "zod";
import { foreignList, foreignRecord, parseForeignJson } from "../../base/foreignJson.ts";
import { ImportError } from "../importError.ts";
import type { GgufValue } from "./ggufHeader.ts";
import { readFields, tokenId } from "./metadataFields.ts";
import { findPreTokenizer } from "./preTokenizers.ts";

/** `tokenizer.ggml.token_type` of tokens that stand for text and of those that don't; what has another fills the vocabulary up. */
const normalToken = 1;
const controlToken = 3;
const userDefinedToken = 4;

const maxTokens = 1_000_000;
const maxMerges = 2_000_000;

/** Markers of fill-in-the-middle; the second names are older. */
const fimKeys = {
	prefix: ["fim_pre_token_id", "prefix_token_id"],
	suffix: ["fim_suf_token_id", "suffix_token_id"],
	middle: ["fim_mid_token_id", "middle_token_id"],
	file: ["fim_sep_token_id"],
} as const;
const purposeKeys = [
	"bos_token_id",
	"eos_token_id",
	"eot_token_id",
	...fimKeys.prefix,
	...fimKeys.suffix,
	...fimKeys.middle,
	...fimKeys.file,
] as const;
/** −1 stands for none in some files. */
const optionalId = z
	.int()
	.max(maxTokens - 1)
	.transform((id) => (id < 0 ? undefined : id))
	.optional();

const fieldsSchema = z.object({
	model: z.string().max(40),
	pre: z.string().max(100).optional(),
	tokens: foreignList(z.string(), maxTokens).refine(({ length }) => length > 0, {
		error: "there are none",
	}),
	token_type: foreignList(z.int(), maxTokens).optional(),
	merges: foreignList(z.string(), maxMerges).optional(),
	add_space_prefix: z.boolean().optional(),
	bos_token_id: optionalId,
	eos_token_id: optionalId,
	eot_token_id: optionalId,
	fim_pre_token_id: optionalId,
	fim_suf_token_id: optionalId,
	fim_mid_token_id: optionalId,
	fim_sep_token_id: optionalId,
	prefix_token_id: optionalId,
	suffix_token_id: optionalId,
	middle_token_id: optionalId,
});
type Fields = z.infer<typeof fieldsSchema>;

/** The tokenizer of a GGUF file, in the words of Hugging Face's files. */
export interface GgufTokenizer {
	/** The text of a `tokenizer.json`. */
	readonly tokenizerJson: string;
	/** Names of tokens by what they are for. */
	readonly bos: string | undefined;
	readonly eos: string | undefined;
	/** Token ids that end an answer. */
	readonly endIds: readonly number[];
	/** All three markers of fill-in-the-middle, or undefined. */
	readonly fim:
		| {
				readonly prefix: string;
				readonly suffix: string;
				readonly middle: string;
				readonly file: string | undefined;
		  }
		| undefined;
}

/**
 * Reads the tokenizer, which has to be byte-level BPE. Ids and texts are checked where the tokenizer.json is read, as
 * those of any other.
 *
 * @throws ImportError for other kinds of tokenizers, and for ways to cut text that aren't known
 */
export function readGgufTokenizer(metadata: ReadonlyMap<string, GgufValue>): GgufTokenizer {
	const fields = readFields(metadata, "tokenizer.ggml.", fieldsSchema);
	if (fields.model !== "gpt2") {
		throw unsupportedTokenizer(
			fields.model === "llama"
				? "is SentencePiece"
				: `is of the kind "${fields.model.slice(0, 40)}"`,
		);
	}
	const name = (id: number | undefined): string | undefined =>
		id === undefined ? undefined : fields.tokens[id];
	const first = (keys: readonly (keyof Fields)[]): string | undefined =>
		keys
			.map((key) => fields[key])
			.filter((id) => typeof id === "number")
			.map(name)
			.at(0);
	const [prefix, suffix, middle] = [fimKeys.prefix, fimKeys.suffix, fimKeys.middle].map(first);
	const isFim = prefix !== undefined && suffix !== undefined && middle !== undefined;
	return {
		tokenizerJson: publishedTokenizer(metadata, fields) ?? writtenTokenizer(fields),
		bos: name(fields.bos_token_id),
		eos: name(fields.eos_token_id),
		endIds: [fields.eos_token_id, fields.eot_token_id].filter((id) => id !== undefined),
		fim: isFim ? { prefix, suffix, middle, file: first(fimKeys.file) } : undefined,
	};
}

/** A token with a purpose stands for no text, whatever the file says about it: llama.cpp takes it so as well. */
function typeOf(fields: Fields, id: number): number | undefined {
	return hasPurpose(fields, id) ? controlToken : (fields.token_type?.[id] ?? normalToken);
}

const hasPurpose = (fields: Fields, id: number): boolean =>
	purposeKeys.some((key) => fields[key] === id);

const vocabularySchema = z.object({
	added_tokens: foreignList(z.object({ id: tokenId, content: z.string() }), maxTokens).default([]),
	model: z.object({ vocab: foreignRecord(tokenId, maxTokens) }),
});

/** The tokenizer.json that the model was published with, which some files carry, where it has the file's tokens. */
function publishedTokenizer(
	metadata: ReadonlyMap<string, GgufValue>,
	{ tokens }: Fields,
): string | undefined {
	const text = metadata.get("tokenizer.huggingface.json");
	if (typeof text !== "string") {
		return undefined;
	}
	const json = parseForeignJson(text);
	// Whatever it is, the file has its tokens in another place as well.
	const parsed = vocabularySchema.safeParse(json.kind === "json" ? json.value : undefined);
	if (!parsed.success) {
		return undefined;
	}
	const { added_tokens: added, model } = parsed.data;
	const ids = [
		...Object.entries(model.vocab),
		...added.map(({ content, id }) => [content, id] as const),
	];
	return ids.every(([content, id]) => tokens[id] === content) ? text : undefined;
}

function writtenTokenizer(fields: Fields): string {
	const { tokens, merges } = fields;
	if (merges === undefined) {
		throw new ImportError(
			"checkpointInvalid",
			"The file's tokenizer has no merges; take a GGUF file that llama.cpp runs.",
		);
	}
	const family = findPreTokenizer(fields.pre ?? "");
	if (family === undefined) {
		throw unsupportedTokenizer(
			fields.pre === undefined
				? "doesn't say how it cuts text"
				: `cuts text in a way that isn't known ("${fields.pre.slice(0, 40)}")`,
		);
	}
	if (fields.add_space_prefix === true) {
		throw unsupportedTokenizer("puts a space in front of every text");
	}
	const added: object[] = [];
	const vocabulary: [string, number][] = [];
	for (const [id, content] of tokens.entries()) {
		const type = typeOf(fields, id);
		if (type === normalToken) {
			vocabulary.push([content, id]);
		} else if (type === controlToken || type === userDefinedToken) {
			added.push({ id, content, special: type === controlToken });
		}
	}
	return JSON.stringify({
		version: "1.0",
		normalizer: null,
		added_tokens: added,
		pre_tokenizer: { type: "Sequence", pretokenizers: family.steps },
		decoder: { type: "ByteLevel" },
		model: {
			type: "BPE",
			ignore_merges: family.ignoreMerges ?? false,
			vocab: Object.fromEntries(vocabulary),
			merges,
		},
	});
}

function unsupportedTokenizer(what: string): ImportError {
	return new ImportError(
		"checkpointUnsupported",
		`The file's tokenizer ${what}, which can't be imported; import the model's Hugging Face checkpoint instead, or a model with a byte-level BPE tokenizer (Qwen, Llama 3, DeepSeek-Coder, StarCoder).`,
	);
}
