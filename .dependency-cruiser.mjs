/** Which folder of src may import which; everything not listed is forbidden. ARCHITECTURE.md explains the order. */
const mayImport = {
	base: [],
	model: ["base"],
	tokenizer: ["base", "model"],
	importer: ["base", "model", "tokenizer"],
	modelLibrary: ["base", "model"],
	adaptation: ["base", "tokenizer"],
	engine: ["base", "model", "tokenizer", "adaptation"],
	engineProcess: ["base", "model", "tokenizer", "adaptation", "engine"],
	provenance: ["base"],
	context: ["base", "model", "tokenizer", "provenance"],
	prompt: ["base", "model", "tokenizer", "context"],
	languageModel: ["base", "model", "tokenizer", "engine", "prompt"],
	completion: [
		"base",
		"model",
		"tokenizer",
		"adaptation",
		"engine",
		"context",
		"prompt",
		"languageModel",
	],
	nextEdit: ["base", "model", "tokenizer", "engine", "completion"],
	chat: ["base", "model", "tokenizer", "context", "prompt", "languageModel"],
	/** Runs in a browser: of the extension it knows the messages, as types. */
	webview: ["chat", "modelCatalog", "statistics"],
	statistics: ["base"],
	modelProcess: ["base", "model", "tokenizer", "importer", "modelLibrary", "prompt"],
	modelCatalog: ["base", "model", "modelLibrary", "modelProcess"],
	evaluation: [
		"base",
		"model",
		"tokenizer",
		"adaptation",
		"engine",
		"context",
		"prompt",
		"completion",
		"nextEdit",
	],
	cli: [
		"base",
		"model",
		"tokenizer",
		"importer",
		"modelLibrary",
		"adaptation",
		"engine",
		"engineProcess",
		"context",
		"prompt",
		"languageModel",
		"completion",
		"nextEdit",
		"chat",
		"evaluation",
	],
	extension: [
		"base",
		"model",
		"tokenizer",
		"adaptation",
		"engine",
		"engineProcess",
		"context",
		"prompt",
		"languageModel",
		"completion",
		"nextEdit",
		"chat",
		"modelLibrary",
		"modelProcess",
		"modelCatalog",
		"statistics",
		"provenance",
	],
};

const layering = Object.entries(mayImport).map(([folder, allowed]) => ({
	name: `layer-${folder}`,
	comment: `src/${folder} may import only: ${[folder, ...allowed].join(", ")}`,
	severity: "error",
	from: { path: `^src/${folder}/` },
	to: { path: "^src/", pathNot: `^src/(${[folder, ...allowed].join("|")})/` },
}));

/** Packages that exactly one place may import, so that everything else runs headless. */
const onlyFrom = (name, packagePattern, place) => ({
	name,
	severity: "error",
	comment: `only ${place} may import ${packagePattern}`,
	from: { path: "^src/", pathNot: place },
	to: { path: packagePattern },
});

export default {
	forbidden: [
		...layering,
		onlyFrom(
			"only-extension-imports-vscode",
			"^vscode$|node_modules/@types/vscode/",
			"^src/extension/",
		),
		onlyFrom(
			"only-ort-backend-imports-onnxruntime",
			"node_modules/onnxruntime-node/",
			"^src/engine/ort/",
		),
		onlyFrom(
			"only-native-backend-knows-the-addon",
			"^src/engine/native/",
			"^src/engine/(native/|open(Gpu)?Backend[.]ts$)",
		),
		onlyFrom(
			"only-syntax-imports-tree-sitter",
			"node_modules/web-tree-sitter/",
			"^src/context/syntax/",
		),
		onlyFrom(
			"only-remote-models-use-the-network",
			"node_modules/(openai|cockatiel)/",
			"^src/languageModel/remote/",
		),
		onlyFrom(
			"only-the-hub-is-asked-by-its-client",
			"node_modules/@huggingface/hub/",
			"^src/modelLibrary/hub/",
		),
		onlyFrom(
			"only-runtimes-are-unpacked",
			"node_modules/(@types/)?tar-stream/",
			"^src/modelLibrary/runtimes/",
		),
		{
			name: "webview-knows-only-the-messages",
			severity: "error",
			comment: "browser code sees the messages of its views, as types",
			from: { path: "^src/webview/" },
			to: {
				path: "^src/(?!webview/)",
				pathNot: "^src/(chat|modelCatalog|statistics)/messages[.]ts$",
			},
		},
		onlyFrom("only-importer-writes-protobuf", "node_modules/@bufbuild/", "^src/importer/"),
		{
			name: "features-see-the-engine-only-through-its-interface",
			severity: "error",
			comment:
				"completion, nextEdit and languageModel may import engine.ts and errors.ts, nothing behind them",
			from: { path: "^src/(completion|nextEdit|languageModel)/" },
			to: { path: "^src/engine/", pathNot: "^src/engine/(engine|errors)[.]ts$" },
		},
		{
			name: "next-edits-know-of-completion-only-how-strings-and-comments-are-read",
			severity: "error",
			comment: "the rest of the pipeline is about ghost text",
			from: { path: "^src/nextEdit/" },
			to: { path: "^src/completion/", pathNot: "^src/completion/lexical/" },
		},
		{
			name: "adaptation-is-seen-only-through-its-interface",
			severity: "error",
			comment: "only the engine and the evaluation may look behind learning.ts",
			from: { path: "^src/", pathNot: "^src/(adaptation|engine|evaluation)/" },
			to: { path: "^src/adaptation/", pathNot: "^src/adaptation/learning[.]ts$" },
		},
		{
			name: "extension-process-does-not-load-the-runtime",
			severity: "error",
			comment:
				"onnxruntime-node and the addon must not be reachable from the extension bundle: run() blocks the thread, and a crash kills the process",
			from: { path: "^src/extension/" },
			to: {
				path: "^src/engine/(ort|native)/|^src/engine/localEngine[.]ts$",
				reachable: true,
			},
		},
		{
			name: "extension-process-neither-downloads-nor-converts",
			severity: "error",
			comment:
				"the hub's client, what unpacks and the importer must not be reachable from the extension bundle: what they compute would hold up the editor",
			from: { path: "^src/extension/" },
			to: {
				path: "^src/importer/|^src/modelLibrary/(hub|download|runtimes)/",
				reachable: true,
			},
		},
		{ name: "no-cycles", severity: "error", from: {}, to: { circular: true } },
		{
			name: "src-does-not-import-test",
			severity: "error",
			from: { path: "^src/" },
			to: { path: "^test/" },
		},
		{
			name: "no-file-outside-a-known-folder",
			severity: "error",
			from: { path: "^src/", pathNot: `^src/(${Object.keys(mayImport).join("|")})/` },
			to: {},
		},
	],
	options: {
		tsConfig: { fileName: "tsconfig.json" },
		tsPreCompilationDeps: true, // counts type-only imports too
		doNotFollow: { path: "node_modules" },
	},
};
