import type { FimFormat } from "../model/manifest.ts";

/** How a family of models was taught to fill in the middle. */
interface KnownFimFormat {
	readonly order: FimFormat["order"];
	/** All of them have to be in a tokenizer. */
	readonly tokens: Pick<FimFormat, "prefix" | "suffix" | "middle" | "start">;
	/** Stands before a file's path; any of them, where there is one, else paths are left out. */
	readonly fileTokens: readonly string[];
	/** Architectures that the format belongs to; undefined where its tokens say enough. */
	readonly architectures?: readonly string[];
}

const angleTokens = {
	prefix: "<fim_prefix>",
	suffix: "<fim_suffix>",
	middle: "<fim_middle>",
} as const;

/**
 * The formats of published families, as their model cards give them; the first that fits is taken. A `mote.json`
 * beside a checkpoint overrules them.
 */
const knownFimFormats: readonly KnownFimFormat[] = [
	// Qwen2.5-Coder and Qwen3-Coder; Granite 4, which calls the marker of files otherwise.
	{
		order: "psm",
		tokens: { prefix: "<|fim_prefix|>", suffix: "<|fim_suffix|>", middle: "<|fim_middle|>" },
		fileTokens: ["<|file_sep|>", "<|filename|>"],
	},
	// DeepSeek-Coder, whose second marker is the hole between prefix and suffix.
	{
		order: "psm",
		tokens: {
			start: "<｜begin▁of▁sentence｜>",
			prefix: "<｜fim▁begin｜>",
			suffix: "<｜fim▁hole｜>",
			middle: "<｜fim▁end｜>",
		},
		fileTokens: [],
	},
	// Mellum 2 has StarCoder's tokens and puts the suffix first.
	{ order: "spm", tokens: angleTokens, fileTokens: ["<filename>"], architectures: ["mellum"] },
	// StarCoder, StarCoder2 and Granite up to 3.
	{ order: "psm", tokens: angleTokens, fileTokens: ["<file_sep>", "<filename>"] },
	// Seed-Coder.
	{
		order: "spm",
		tokens: {
			start: "<[begin▁of▁sentence]>",
			prefix: "<[fim-prefix]>",
			suffix: "<[fim-suffix]>",
			middle: "<[fim-middle]>",
		},
		fileTokens: [],
	},
	// CodeLlama.
	{
		order: "psm",
		tokens: { start: "<s>", prefix: "▁<PRE>", suffix: "▁<SUF>", middle: "▁<MID>" },
		fileTokens: [],
	},
	// Codestral, whose answer follows the prefix without a marker.
	{
		order: "spm",
		tokens: { start: "<s>", prefix: "[PREFIX]", suffix: "[SUFFIX]" },
		fileTokens: [],
	},
];

/** The format of a model of that architecture whose tokenizer has the tokens that `isKnown` knows. */
export function knownFimFormat(
	architecture: string,
	isKnown: (token: string) => boolean,
): FimFormat | undefined {
	const found = knownFimFormats.find(
		({ tokens, architectures }) =>
			Object.values(tokens).every((token) => token === undefined || isKnown(token)) &&
			(architectures?.includes(architecture) ?? true),
	);
	if (found === undefined) {
		return undefined;
	}
	const file = found.fileTokens.find(isKnown);
	return {
		order: found.order,
		...found.tokens,
		...(file === undefined ? {} : { file, otherFile: file }),
	};
}

/** Tokens after which a file or an answer is over, in the families that are known. */
export const knownStopTokens = [
	"<|endoftext|>",
	"<|im_end|>",
	"<|repo_name|>",
	"<|repo|>",
	"<|file_sep|>",
	"<|file|>",
	"<|fim_prefix|>",
	"<|fim_suffix|>",
	"<|fim_middle|>",
	"<|fim_pad|>",
	"<|pad|>",
	"<｜end▁of▁sentence｜>",
	"<|EOT|>",
	"<|end_of_text|>",
	"<|eot_id|>",
	"<[end▁of▁sentence]>",
	"</s>",
	"▁<EOT>",
	"<filename>",
	"<file_sep>",
	"<reponame>",
	"<repo_name>",
];
