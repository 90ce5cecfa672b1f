import { isDeepStrictEqual } from "node:util";
import { settingDeclarations, settingsSection, type Configuration } from "../settings.ts";

/**
 * The settings that differ from their defaults, a line each. A switch, a number and a choice are said; of a text, which may be a path,
 * an address or a name, and of a list only that there is one.
 */
export function changedSettings(configuration: Configuration): readonly string[] {
	return Object.entries(settingDeclarations).flatMap(([key, { schema, default: defaultValue }]) => {
		const parsed = schema().safeParse(configuration.get(key));
		if (parsed.success && isDeepStrictEqual(parsed.data, defaultValue)) {
			return [];
		}
		const said = parsed.success ? saidOf(key, parsed.data) : "a value that is ignored";
		return [`${settingsSection}.${key}: ${said}`];
	});
}

/** Choices among words that stand in package.json. */
const choices: ReadonlySet<string> = new Set([
	"completion.multiline",
	"server.kind",
	"server.fimFamily",
]);

/** Of the model for completions. */
const namedModels: ReadonlySet<unknown> = new Set(["auto", "base", "nano"]);

function saidOf(key: string, value: unknown): string {
	if (typeof value === "boolean" || typeof value === "number") {
		return String(value);
	}
	if (typeof value === "string") {
		return choices.has(key) || (key === "completion.model" && namedModels.has(value))
			? value
			: "set";
	}
	return typeof value === "object" && value !== null
		? `${Object.keys(value).length} entries`
		: "set";
}
