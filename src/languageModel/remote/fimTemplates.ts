import type { InfillPiece } from "../languageModel.ts";

/** The parts of a fill-in-the-middle prompt, already cut to size and free of control tokens. */
export interface FimParts {
	readonly path: string;
	readonly prefix: string;
	readonly suffix: string;
	/** The most relevant last; their text ends with a line break. */
	readonly pieces: readonly InfillPiece[];
}

/** How a family of models was trained to be asked for what belongs into a hole. */
export interface FimTemplate {
	readonly family: string;
	/** Spellings of tokens that text must not contain, beside those that look like control tokens anyway. */
	readonly markers: readonly string[];
	/** Where the model begins something new instead of ending; the most useful first. */
	readonly stop: readonly string[];
	render(parts: FimParts): string;
}

/** A repository's name stands in some formats; Mote doesn't know one, and llama.cpp sends a constant too. */
const repositoryName = "project";

/** Qwen2.5-Coder's README: "File-Level Code Completion (FIM)" and "Repository-Level Code Completion". */
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

/** DeepSeek-Coder's README: "Code Insertion", and "Repository Level Code Completion" with `#path` headers. */
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

/** StarCoder2's paper, section 5.1: in a file with a hole the path comes after the prefix's marker. */
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

/** Mellum's model cards: a file's path first, then suffix before prefix; other files are blocks before it. */
const mellum: FimTemplate = {
	family: "mellum",
	markers: starCoderMarkers,
	stop: ["<|endoftext|>", "<filename>", "<fim_suffix>"],
	render: ({ path, prefix, suffix, pieces }) => {
		const files = pieces.map((piece) => `<filename>${piece.path}\n${piece.text}`).join("");
		return `${files}<filename>${path}\n<fim_suffix>${suffix}<fim_prefix>${prefix}<fim_middle>`;
	},
};

/** Code Llama's paper and model cards; the spaces are part of the markers. It knows no other files. */
const codeLlama: FimTemplate = {
	family: "codellama",
	markers: ["<PRE>", "<SUF>", "<MID>", "<EOT>", "<s>", "</s>"],
	stop: ["<EOT>", "</s>", "<PRE>"],
	render: ({ prefix, suffix }) => `<PRE> ${prefix} <SUF>${suffix} <MID>`,
};

/** Codestral: the suffix first, nothing after the prefix; other files stand before the prefix as in a diff. */
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

/** Granite's code models and Granite 3 have StarCoder's markers. They were not trained with other files. */
const granite: FimTemplate = {
	family: "granite",
	markers: starCoderMarkers,
	stop: ["<|end_of_text|>", "<|endoftext|>", "<fim_prefix>", "<filename>"],
	render: ({ prefix, suffix }) => `<fim_prefix>${prefix}<fim_suffix>${suffix}<fim_middle>`,
};

/** Granite 4 has them with bars. */
const granite4: FimTemplate = {
	family: "granite4",
	markers: [],
	stop: ["<|end_of_text|>", "<|fim_prefix|>", "<|filename|>"],
	render: ({ prefix, suffix }) => `<|fim_prefix|>${prefix}<|fim_suffix|>${suffix}<|fim_middle|>`,
};

/** CodeGemma's prompt structure: `<|file_separator|>` ends an answer. */
const codeGemma: FimTemplate = {
	family: "codegemma",
	markers: ["<eos>", "<bos>"],
	stop: ["<|file_separator|>", "<eos>", "<|fim_prefix|>"],
	render: ({ prefix, suffix }) => `<|fim_prefix|>${prefix}<|fim_suffix|>${suffix}<|fim_middle|>`,
};

/** By family, for whoever serves a model under a name that doesn't tell. */
export const fimTemplates: Readonly<Record<string, FimTemplate>> = Object.fromEntries(
	[qwen, deepseek, starcoder, mellum, codeLlama, codestral, granite, granite4, codeGemma].map(
		(template) => [template.family, template],
	),
);

const familyPatterns: readonly (readonly [RegExp, FimTemplate])[] = [
	[/mellum/, mellum],
	[/codestral/, codestral],
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
	[/deepseek/, deepseek],
];

/** The template for a model's name as servers spell it; undefined when it tells no family that fills holes. */
export function fimTemplateOf(model: string): FimTemplate | undefined {
	const name = model.toLowerCase();
	return familyPatterns.find(([pattern]) => pattern.test(name))?.[1];
}
