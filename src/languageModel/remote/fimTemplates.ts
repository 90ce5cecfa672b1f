import type { InfillPiece } from "../languageModel.ts";

/** The parts of a fill-in-the-middle prompt, already cut to size and free of control tokens. */
export interface FimParts {
	readonly path: string;
	readonly prefix: string;
	readonly suffix: string;
	/** The most relevant last; their text ends with a line break. */
	readonly pieces: readonly InfillPiece[];
}

/** Families of models by the way they were trained to fill in the middle. */
export const fimFamilies = [
	"qwen",
	"deepseek",
	"starcoder",
	"mellum",
	"codellama",
	"codestral",
	"granite",
	"granite4",
	"codegemma",
] as const;

export type FimFamily = (typeof fimFamilies)[number];

/** How a family of models was trained to be asked for what belongs into a hole. */
export interface FimTemplate {
	readonly family: FimFamily;
	/** Spellings of tokens that text must not contain, beside those that look like control tokens anyway. */
	readonly markers: readonly string[];
	/** Where the model begins something new instead of ending; the most useful first. */
	readonly stop: readonly string[];
	render(parts: FimParts): string;
}

/** A repository's name stands in some formats; Mote doesn't know one, and llama.cpp sends a constant too. */
const repositoryName = "project";

/**
 * Qwen2.5-Coder's README ("File-Level Code Completion", "Repository-Level Code Completion") and its technical
 * report, whose figure 4 has the hole in the last of several files. Qwen3-Coder's README has the same markers.
 */
const qwen: FimTemplate = {
	family: "qwen",
	markers: [],
	stop: [
		"<|endoftext|>",
		"<|file_sep|>",
		"<|fim_pad|>",
		"<|repo_name|>",
		"<|fim_prefix|>",
		"<|im_end|>",
	],
	render: ({ path, prefix, suffix, pieces }) => {
		const hole = `<|fim_prefix|>${prefix}<|fim_suffix|>${suffix}<|fim_middle|>`;
		if (pieces.length === 0) {
			return hole;
		}
		const files = pieces.map((piece) => `<|file_sep|>${piece.path}\n${piece.text}`).join("");
		return `<|repo_name|>${repositoryName}\n${files}<|file_sep|>${path}\n${hole}`;
	},
};

/**
 * DeepSeek-Coder's README: "Code Insertion", and "Repository Level Code Completion", where each file begins with a
 * line `#path`. The README doesn't show both at once.
 */
const deepseek: FimTemplate = {
	family: "deepseek",
	markers: [],
	stop: ["<｜end▁of▁sentence｜>", "<｜fim▁begin｜>", "<|EOT|>"],
	render: ({ path, prefix, suffix, pieces }) => {
		const files = pieces.map((piece) => `#${piece.path}\n${piece.text}`).join("");
		const header = pieces.length === 0 ? "" : `${files}#${path}\n`;
		return `<｜fim▁begin｜>${header}${prefix}<｜fim▁hole｜>${suffix}<｜fim▁end｜>`;
	},
};

const starCoderMarkers = [
	"<fim_prefix>",
	"<fim_suffix>",
	"<fim_middle>",
	"<fim_pad>",
	"<file_sep>",
	"<repo_name>",
	"<filename>",
	"<reponame>",
	"<gh_stars>",
];

/** StarCoder2's paper (arXiv 2402.19173), section 5.1: in a file with a hole the path comes after the prefix's marker. */
const starcoder: FimTemplate = {
	family: "starcoder",
	markers: starCoderMarkers,
	stop: ["<|endoftext|>", "<file_sep>", "<fim_prefix>", "<repo_name>"],
	render: ({ path, prefix, suffix, pieces }) => {
		if (pieces.length === 0) {
			return `<fim_prefix>${prefix}<fim_suffix>${suffix}<fim_middle>`;
		}
		const files = pieces.map((piece) => `<file_sep>${piece.path}\n${piece.text}`).join("");
		return `<repo_name>${repositoryName}${files}<file_sep><fim_prefix>${path}\n${prefix}<fim_suffix>${suffix}<fim_middle>`;
	},
};

/**
 * The cards of the Mellum-4b models ("Fill-in-the-middle with additional files as context"): a file's path first,
 * then suffix before prefix; other files are blocks before it. Nothing public says how Mellum 2 was trained.
 */
const mellum: FimTemplate = {
	family: "mellum",
	markers: starCoderMarkers,
	stop: ["<|endoftext|>", "<filename>", "<fim_suffix>"],
	render: ({ path, prefix, suffix, pieces }) => {
		const files = pieces.map((piece) => `<filename>${piece.path}\n${piece.text}`).join("");
		return `${files}<filename>${path}\n<fim_suffix>${suffix}<fim_prefix>${prefix}<fim_middle>`;
	},
};

/**
 * `infilling_prompt_tokens` of facebookresearch/codellama, whose comment has it as text; the spaces are part of the
 * markers. There is no way to name files, as its authors say (their issue 209).
 */
const codeLlama: FimTemplate = {
	family: "codellama",
	markers: ["<PRE>", "<SUF>", "<MID>", "<EOT>", "<s>", "</s>"],
	stop: ["<EOT>", "</s>", "<PRE>"],
	render: ({ prefix, suffix }) => `<PRE> ${prefix} <SUF>${suffix} <MID>`,
};

/**
 * `encode_fim` of mistral-common: the suffix first, nothing after the prefix. Mistral says nothing about other files;
 * `+++++ path` before the prefix is what Continue's template for Codestral sends.
 */
const codestral: FimTemplate = {
	family: "codestral",
	markers: ["[PREFIX]", "[SUFFIX]", "[MIDDLE]", "<s>", "</s>"],
	stop: ["</s>", "[SUFFIX]", "[PREFIX]", "+++++ "],
	render: ({ path, prefix, suffix, pieces }) => {
		const files = pieces.map((piece) => `+++++ ${piece.path}\n${piece.text}\n`).join("");
		const header = pieces.length === 0 ? "" : `${files}+++++ ${path}\n`;
		return `[SUFFIX]${suffix}[PREFIX]${header}${prefix}`;
	},
};

/**
 * Granite's code models and Granite 3.3 have StarCoder's markers in their vocabulary (llama.cpp's pull request 12988)
 * and no marker for another file.
 */
const granite: FimTemplate = {
	family: "granite",
	markers: starCoderMarkers,
	stop: ["<|end_of_text|>", "<|endoftext|>", "<fim_prefix>", "<filename>"],
	render: ({ prefix, suffix }) => `<fim_prefix>${prefix}<fim_suffix>${suffix}<fim_middle>`,
};

/**
 * IBM's guide to prompting Granite 4.0, section "FIM"; `<|fim_prefix|>` and the others are tokens 100258 to 100262 of
 * its vocabulary, not marked as special, so that a server spells them out. The guide names no other files.
 */
const granite4: FimTemplate = {
	family: "granite4",
	markers: [],
	stop: ["<|end_of_text|>", "<|fim_prefix|>", "<|filename|>"],
	render: ({ prefix, suffix }) => `<|fim_prefix|>${prefix}<|fim_suffix|>${suffix}<|fim_middle|>`,
};

/** "CodeGemma formatting" at ai.google.dev: `<|file_separator|>` or the end of the text ends an answer. */
const codeGemma: FimTemplate = {
	family: "codegemma",
	markers: ["<eos>", "<bos>"],
	stop: ["<|file_separator|>", "<eos>", "<|fim_prefix|>"],
	render: ({ prefix, suffix }) => `<|fim_prefix|>${prefix}<|fim_suffix|>${suffix}<|fim_middle|>`,
};

export const fimTemplates: Readonly<Record<FimFamily, FimTemplate>> = {
	qwen,
	deepseek,
	starcoder,
	mellum,
	codellama: codeLlama,
	codestral,
	granite,
	granite4,
	codegemma: codeGemma,
};

const familyPatterns: readonly (readonly [RegExp, FimTemplate])[] = [
	[/mellum/, mellum],
	// Mamba Codestral can't, as Mistral says (discussion 2 of its model card).
	[/(?<!mamba-)codestral/, codestral],
	[/code-?gemma/, codeGemma],
	[/code-?llama/, codeLlama],
	[/star-?coder/, starcoder],
	// A generation follows the name, not a size such as 8b.
	[/granite-?(?:[4-9]|\d\d)(?:\.\d|:|-|$)/, granite4],
	[/granite/, granite],
	// Qwen3-Coder-Next and the like keep the markers; CodeQwen1.5 has StarCoder's.
	[/code-?qwen/, starcoder],
	[/qwen.*coder/, qwen],
	// DeepSeek's models without "coder" in their names are served with the same markers in their vocabulary.
	// Distilled ones are Qwen or Llama inside, with the vocabulary of those.
	[/deepseek(?!.*distill)/, deepseek],
];

/** The template for a model's name as servers spell it; undefined when it tells no family that fills holes. */
export function fimTemplateOf(model: string): FimTemplate | undefined {
	const name = model.toLowerCase();
	return familyPatterns.find(([pattern]) => pattern.test(name))?.[1];
}
