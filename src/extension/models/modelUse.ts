import type { ModelSource } from "../../modelCatalog/catalogEditor.ts";
import type { Settings } from "../settings.ts";

/** Of a setting in our section; undefined takes its value away. */
export type SettingChange = readonly [key: string, value: unknown];

/**
 * What has to be written so that conversations, or completions, come from `source`. `bundled` are the folders of the models
 * that ship, by what the setting calls them. The address of a server is written last: nothing goes to one half chosen.
 */
export function changesToUse(
	purpose: "chat" | "completions",
	source: ModelSource,
	{ server }: Pick<Settings, "server">,
	bundled: ReadonlyMap<string, string>,
): readonly SettingChange[] {
	const ofServer = purpose === "chat" ? "server.useForChat" : "server.useForCompletions";
	if (source.kind === "folder") {
		const { folder } = source;
		return [
			...(server === undefined ? [] : [[ofServer, false] as const]),
			purpose === "chat"
				? ["chat.modelPath", folder]
				: ["completion.model", bundled.get(folder) ?? folder],
		];
	}
	const { address, model } = source;
	if (server?.address === address && server.model === model) {
		return [[ofServer, true]];
	}
	return [
		["server.useForChat", purpose === "chat"],
		["server.useForCompletions", purpose === "completions"],
		["server.kind", undefined],
		["server.fimFamily", undefined],
		["server.model", model],
		["server.url", address],
	];
}

/** What has to be written so that nothing uses a folder any more. */
export function changesToStopUsing(
	folder: string,
	{ chatModelPath, engine }: Pick<Settings, "chatModelPath" | "engine">,
): readonly SettingChange[] {
	return [
		...(chatModelPath === folder ? [["chat.modelPath", undefined] as const] : []),
		...(engine.model.kind === "folder" && engine.model.folder === folder
			? [["completion.model", undefined] as const]
			: []),
	];
}
