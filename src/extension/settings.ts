import { isAbsolute } from "node:path";
import { isDeepStrictEqual } from "node:util";
import * as z from "zod";
import { isLoopback } from "../base/network/loopback.ts";
import { once } from "../base/once.ts";
import type { CompletionConfig } from "../completion/completionProvider.ts";
import { defaultCompletionConfig as defaults } from "../completion/defaultConfig.ts";
import { gpuSettings, type GpuSetting } from "../engine/gpu/gpuProviders.ts";
import { LanguageModelError } from "../languageModel/errors.ts";
import { fimFamilies, type FimFamily } from "../languageModel/remote/fimTemplates.ts";
import { parseServerAddress } from "../languageModel/remote/serverAddress.ts";
import { parseModelSetting, type ModelSetting } from "../model/modelChoice.ts";
import { serverKindSettings, type ServerKindSetting } from "../languageModel/remote/serverKind.ts";

/** Section of the editor's configuration that belongs to the extension. */
export const settingsSection = "mote";

interface Setting<Value> {
	/** What is accepted: the editor hands over whatever a settings file says. Made when it is asked for. */
	readonly schema: () => z.ZodType<Value>;
	/** Used for a value that `schema` rejects, and accepted without it. package.json declares the same for the user. */
	readonly default: Value;
}

function setting<Value>(makeSchema: () => z.ZodType<Value>, defaultValue: Value): Setting<Value> {
	return { schema: once(makeSchema), default: defaultValue };
}

/**
 * Every setting by its key in the section. package.json shows them to the user; a test compares keys,
 * types, bounds and defaults.
 */
export const settingDeclarations = {
	enable: setting(() => z.boolean(), true),
	enabledLanguages: setting(() => z.record(z.string(), z.boolean()), {
		"*": true,
		plaintext: false,
		markdown: false,
		log: false,
		scminput: false,
	}),
	pauseOnBattery: setting(() => z.boolean(), false),
	yieldWhenBusy: setting(() => z.boolean(), true),
	"completion.debounceMs": setting(() => z.int().min(0).max(2000), defaults.debounceMs),
	"completion.minJointProbability": setting(
		() => z.number().min(0).max(1),
		defaults.minJointProbability,
	),
	"completion.maxNewTokens": setting(() => z.int().min(1).max(1024), defaults.maxNewTokens),
	"completion.maxPromptTokens": setting(() => z.int().min(64).max(32768), defaults.maxPromptTokens),
	"completion.multiline": setting(() => z.enum(["auto", "never", "always"]), defaults.multiline),
	"completion.inComments": setting(() => z.boolean(), defaults.inComments),
	"completion.adaptation": setting(() => z.boolean(), defaults.adaptation),
	"completion.repositoryContext": setting(() => z.boolean(), defaults.repositoryContext),
	"completion.inStrings": setting(() => z.boolean(), defaults.inStrings),
	"completion.model": setting(() => z.string().max(4096), "auto"),
	// What is shown unasked has to be right more often than it is known to be: see ARCHITECTURE.md.
	"nextEdit.enable": setting(() => z.boolean(), false),
	"completion.unloadAfterMinutes": setting(() => z.number().min(0).max(1440), 30),
	"statistics.enable": setting(() => z.boolean(), true),
	"engine.threads": setting(() => z.int().min(0).max(256), 0),
	"engine.nodePath": setting(() => z.string(), ""),
	// Until a graphics card has been measured, nobody gets one without asking.
	"engine.gpu": setting(() => z.enum(gpuSettings), "off"),
	"engine.gpuLibraries": setting(() => z.string().max(4096), ""),
	"chat.modelPath": setting(() => z.string(), ""),
	"chat.unloadAfterMinutes": setting(() => z.number().min(0).max(1440), 10),
	"server.url": setting(() => z.string().max(2048), ""),
	"server.model": setting(() => z.string().max(200), ""),
	"server.kind": setting(() => z.enum(serverKindSettings), "auto"),
	"server.useForChat": setting(() => z.boolean(), true),
	"server.useForCompletions": setting(() => z.boolean(), false),
	"server.offerRunning": setting(() => z.boolean(), true),
	"server.fimFamily": setting(() => z.enum(["auto", ...fimFamilies]), "auto"),
};

/** What the user configured, read at one moment. Frozen: a change gives a new value. */
export interface Settings {
	readonly enable: boolean;
	/** By language id; `*` stands for all that aren't listed. */
	readonly enabledLanguages: Readonly<Record<string, boolean>>;
	readonly completion: CompletionConfig;
	/** Whether edits that follow from those made are looked for. */
	readonly nextEdits: boolean;
	/** Without anybody at the window for so long the model for completions gives its memory back; undefined: never. */
	readonly completionUnloadAfterMs: number | undefined;
	/** Whether completions rest while the machine runs on its battery. */
	readonly pausesOnBattery: boolean;
	/** Whether less is done while other programs keep the machine busy. */
	readonly yieldsWhenBusy: boolean;
	/** Whether it is counted what suggestions do. */
	readonly countsStatistics: boolean;
	readonly engine: EngineSettings;
	/** Undefined: the user has chosen no server, and nothing leaves this machine. */
	readonly server: ServerSettings | undefined;
	/** Whether this machine is looked at for servers when somebody chooses a model. */
	readonly offersRunningServers: boolean;
	/** Folder of a model for conversations; undefined: the one for completions, if it can converse. */
	readonly chatModelPath: string | undefined;
	/** Without a question for so long the chat's own model gives its memory back; undefined: never. */
	readonly chatUnloadAfterMs: number | undefined;
	/** One sentence for each value that was of the wrong type or out of bounds. */
	readonly problems: readonly string[];
}

/** A change of any of these needs a new engine process. */
export interface EngineSettings {
	readonly model: ModelSetting;
	/** Undefined: the engine decides. */
	readonly threads: number | undefined;
	/** Undefined: the editor's own Node. */
	readonly nodePath: string | undefined;
	/** What beside the processor may run models. */
	readonly gpu: GpuSetting;
	/** Absolute. A folder with libraries for GPUs that don't come with Mote; undefined where the user names none. */
	readonly gpuLibraries: string | undefined;
}

/** A server that the user has chosen. */
export interface ServerSettings {
	/** As the user typed it, and one that can be used. */
	readonly address: string;
	/** Scheme, host and port: what a key belongs to, and what people are shown. */
	readonly origin: string;
	/** True: it runs on this machine. */
	readonly isLoopback: boolean;
	/** Empty: the first that the server lists. */
	readonly model: string;
	readonly kind: ServerKindSetting;
	readonly useForChat: boolean;
	readonly useForCompletions: boolean;
	/** How its model is asked to fill in the middle; without it the model's name tells. */
	readonly fimFamily?: FimFamily;
}

/** The part of the editor's WorkspaceConfiguration that is needed to read. */
export interface Configuration {
	get(key: string): unknown;
}

/** The only reader of configuration. Never throws: a bad value is replaced by its default and reported. */
export function readSettings(configuration: Configuration): Settings {
	const problems: string[] = [];
	const read = <Value>(key: string, { schema, default: defaultValue }: Setting<Value>): Value => {
		const value = configuration.get(key);
		// Most are, in each window: they cost no schema then.
		if (isDeepStrictEqual(value, defaultValue)) {
			return defaultValue;
		}
		const result = schema().safeParse(value);
		if (result.success) {
			return result.data;
		}
		const cause = result.error.issues[0]?.message ?? "invalid value";
		problems.push(`The setting ${settingsSection}.${key} is ignored: ${cause}.`);
		return defaultValue;
	};
	const declared = settingDeclarations;
	const readServer = (): ServerSettings | undefined => {
		const address = read("server.url", declared["server.url"]).trim();
		if (address === "") {
			return undefined;
		}
		const url = urlOf(address, problems);
		if (url === undefined) {
			return undefined;
		}
		const family = read("server.fimFamily", declared["server.fimFamily"]);
		return Object.freeze({
			address,
			origin: url.origin,
			isLoopback: isLoopback(url.hostname),
			model: read("server.model", declared["server.model"]).trim(),
			kind: read("server.kind", declared["server.kind"]),
			useForChat: read("server.useForChat", declared["server.useForChat"]),
			useForCompletions: read("server.useForCompletions", declared["server.useForCompletions"]),
			...(family !== "auto" && { fimFamily: family }),
		});
	};
	const settings: Settings = {
		enable: read("enable", declared.enable),
		enabledLanguages: Object.freeze(read("enabledLanguages", declared.enabledLanguages)),
		completion: Object.freeze({
			debounceMs: read("completion.debounceMs", declared["completion.debounceMs"]),
			minJointProbability: read(
				"completion.minJointProbability",
				declared["completion.minJointProbability"],
			),
			maxNewTokens: read("completion.maxNewTokens", declared["completion.maxNewTokens"]),
			maxPromptTokens: read("completion.maxPromptTokens", declared["completion.maxPromptTokens"]),
			multiline: read("completion.multiline", declared["completion.multiline"]),
			inComments: read("completion.inComments", declared["completion.inComments"]),
			adaptation: read("completion.adaptation", declared["completion.adaptation"]),
			repositoryContext: read(
				"completion.repositoryContext",
				declared["completion.repositoryContext"],
			),
			inStrings: read("completion.inStrings", declared["completion.inStrings"]),
		}),
		nextEdits: read("nextEdit.enable", declared["nextEdit.enable"]),
		completionUnloadAfterMs:
			read("completion.unloadAfterMinutes", declared["completion.unloadAfterMinutes"]) * 60_000 ||
			undefined,
		pausesOnBattery: read("pauseOnBattery", declared.pauseOnBattery),
		yieldsWhenBusy: read("yieldWhenBusy", declared.yieldWhenBusy),
		countsStatistics: read("statistics.enable", declared["statistics.enable"]),
		engine: Object.freeze({
			model: modelOf(read("completion.model", declared["completion.model"]), problems),
			threads: read("engine.threads", declared["engine.threads"]) || undefined,
			nodePath: read("engine.nodePath", declared["engine.nodePath"]) || undefined,
			gpu: read("engine.gpu", declared["engine.gpu"]),
			gpuLibraries: folderOf(
				"engine.gpuLibraries",
				read("engine.gpuLibraries", declared["engine.gpuLibraries"]),
				problems,
			),
		}),
		server: readServer(),
		offersRunningServers: read("server.offerRunning", declared["server.offerRunning"]),
		chatModelPath: read("chat.modelPath", declared["chat.modelPath"]) || undefined,
		chatUnloadAfterMs:
			read("chat.unloadAfterMinutes", declared["chat.unloadAfterMinutes"]) * 60_000 || undefined,
		problems: Object.freeze(problems),
	};
	return Object.freeze(settings);
}

/** Undefined, and a problem more, for an address that can't be used. */
function urlOf(address: string, problems: string[]): URL | undefined {
	try {
		return parseServerAddress(address).url;
	} catch (error) {
		if (!(error instanceof LanguageModelError)) {
			throw error;
		}
		problems.push(`The setting ${settingsSection}.server.url is ignored: ${error.message}`);
		return undefined;
	}
}

/** The default, and a problem more, for a text that names no model. */
function modelOf(text: string, problems: string[]): ModelSetting {
	const model = parseModelSetting(text);
	if (model === undefined) {
		problems.push(
			`The setting ${settingsSection}.completion.model is ignored: it is neither “auto”, “base”, “nano” nor the absolute path of a folder.`,
		);
	}
	return model ?? { kind: "auto" };
}

/** Undefined for an empty text, and with a problem more for one that is no absolute path. */
function folderOf(key: string, text: string, problems: string[]): string | undefined {
	const folder = text.trim();
	if (folder === "" || isAbsolute(folder)) {
		return folder || undefined;
	}
	problems.push(
		`The setting ${settingsSection}.${key} is ignored: it is not the absolute path of a folder.`,
	);
	return undefined;
}

/** True when completions are wanted in documents of this language. */
export function isEnabledFor(
	settings: Pick<Settings, "enable" | "enabledLanguages">,
	languageId: string,
): boolean {
	const { enabledLanguages } = settings;
	const forLanguage = Object.hasOwn(enabledLanguages, languageId)
		? enabledLanguages[languageId]
		: enabledLanguages["*"];
	return settings.enable && (forLanguage ?? true);
}

/** Section of the editor's own configuration, and its key there that decides whether completions are shown at all. */
export const editorSection = "editor";
export const inlineSuggestKey = "inlineSuggest.enabled";

/** Whether the editor shows completions; `configuration` is its section for a document. */
export function showsCompletions(configuration: Configuration): boolean {
	return configuration.get(inlineSuggestKey) !== false;
}

/** The proxy that the editor's own setting names, "" for none; `configuration` is its section "http". */
export function editorProxy(configuration: Configuration): string {
	const proxy = configuration.get("proxy");
	return typeof proxy === "string" ? proxy : "";
}

export function sameEngineSettings(a: EngineSettings, b: EngineSettings): boolean {
	return isDeepStrictEqual(a.model, b.model) && sameEngineProcess(a, b);
}

/** Whether a process for another model would be started with the same options. */
export function sameEngineProcess(a: EngineSettings, b: EngineSettings): boolean {
	return (
		a.threads === b.threads &&
		a.nodePath === b.nodePath &&
		a.gpu === b.gpu &&
		a.gpuLibraries === b.gpuLibraries
	);
}
