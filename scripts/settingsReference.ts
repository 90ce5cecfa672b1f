import * as z from "zod";

const settingSchema = z.strictObject({
	type: z.enum(["boolean", "integer", "number", "string", "object"]),
	default: z.unknown(),
	order: z.int(),
	markdownDescription: z.string().min(1),
	scope: z.literal("machine").optional(),
	minimum: z.number().optional(),
	maximum: z.number().optional(),
	maxLength: z.int().optional(),
	enum: z.array(z.string()).optional(),
	enumDescriptions: z.array(z.string()).optional(),
	examples: z.array(z.string()).optional(),
	additionalProperties: z.strictObject({ type: z.literal("boolean") }).optional(),
});

type Setting = z.infer<typeof settingSchema>;

const manifestSchema = z.object({
	capabilities: z.object({
		untrustedWorkspaces: z.object({ restrictedConfigurations: z.array(z.string()) }),
	}),
	contributes: z.object({
		configuration: z.object({ properties: z.record(z.string(), settingSchema) }),
	}),
});

/** By what stands between the first two dots; what has only one is about everything. */
const headings: Readonly<Record<string, string>> = {
	"": "On and off",
	completion: "Completions",
	nextEdit: "Next edits",
	statistics: "Statistics",
	engine: "The engine",
	chat: "The chat",
	server: "A server",
};

/**
 * The reference of all settings that `package.json` declares, as Markdown. Throws for a declaration that says something which the
 * reference doesn't know how to say.
 */
export function settingsReference(packageJson: string): string {
	const { capabilities, contributes } = manifestSchema.parse(JSON.parse(packageJson));
	const restricted = new Set(capabilities.untrustedWorkspaces.restrictedConfigurations);
	const settings = Object.entries(contributes.configuration.properties).toSorted(
		([, a], [, b]) => a.order - b.order,
	);
	const groups = [...new Set(settings.map(([name]) => groupOf(name)))];
	const sections = groups.flatMap((group) => [
		`## ${headingOf(group)}`,
		...settings
			.filter(([name]) => groupOf(name) === group)
			.flatMap(([name, setting]) => settingSection(name, setting, restricted.has(name))),
	]);
	return `${[...introduction, ...sections].join("\n\n")}\n`;
}

const introduction = [
	"# Settings",
	"Every setting of Mote, made of what the extension declares to the editor. The settings editor finds them under `@ext:mote.mote`.",
	"*Of this machine only* are settings that name programs, folders, models or servers: they count where you set them as a user, never where a repository does.",
];

function groupOf(name: string): string {
	const parts = name.split(".");
	return parts.length > 2 ? (parts[1] ?? "") : "";
}

function headingOf(group: string): string {
	const heading = headings[group];
	if (heading === undefined) {
		throw new Error(
			`The settings mote.${group}.* have no heading in scripts/settingsReference.ts.`,
		);
	}
	return heading;
}

function settingSection(name: string, setting: Setting, isRestricted: boolean): readonly string[] {
	const facts = [
		`**Default** ${valueText(setting.default)}`,
		`**Type** ${typeText(setting)}`,
		...(setting.scope === "machine" ? ["Of this machine only"] : []),
		...(isRestricted ? ["Not read from a workspace that isn't trusted"] : []),
	];
	return [
		`### \`${name}\``,
		setting.markdownDescription,
		...(setting.enum === undefined ? [] : [choices(setting.enum, setting.enumDescriptions)]),
		facts.join(" · "),
	];
}

function typeText({ type, minimum, maximum, maxLength, additionalProperties }: Setting): string {
	if (additionalProperties !== undefined) {
		return `names with a ${additionalProperties.type} each`;
	}
	if (minimum !== undefined && maximum !== undefined) {
		return `${type} from ${minimum} to ${maximum}`;
	}
	return maxLength === undefined ? type : `${type} of at most ${maxLength} characters`;
}

function choices(values: readonly string[], descriptions: readonly string[] | undefined): string {
	return values
		.map((value, at) => {
			const description = descriptions?.[at];
			return description === undefined ? `- \`${value}\`` : `- \`${value}\`: ${description}`;
		})
		.join("\n");
}

function valueText(value: unknown): string {
	if (typeof value === "object" && value !== null) {
		const entries = Object.entries(value).map(([key, one]) => `\`${key}\`: \`${String(one)}\``);
		return entries.join(", ");
	}
	return value === "" ? "empty" : `\`${String(value)}\``;
}
