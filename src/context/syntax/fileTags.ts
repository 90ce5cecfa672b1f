/** What a tags.scm finds in one file, as plain data. Lines count from 0, columns are UTF-16 units. */
export interface FileTags {
	/** By where they start, the longer first. */
	readonly definitions: readonly DefinitionTag[];
	readonly imports: readonly ImportTag[];
	/** Every mention of a name in code, definitions included, with how often. */
	readonly names: ReadonlyMap<string, number>;
}

export interface DefinitionTag {
	readonly name: string;
	readonly kind: DefinitionKind;
	readonly container: string | undefined;
	readonly docLine: number;
	readonly startLine: number;
	readonly endLine: number;
	readonly nameLine: number;
	readonly signatureEndLine: number;
	readonly signatureEndColumn: number;
}

export const definitionKinds = [
	"class",
	"constant",
	"constructor",
	"enum",
	"enumMember",
	"field",
	"function",
	"interface",
	"macro",
	"method",
	"module",
	"struct",
	"type",
	"variable",
] as const;

export type DefinitionKind = (typeof definitionKinds)[number];

export interface ImportTag {
	readonly startLine: number;
	readonly endLine: number;
	readonly specifier: string;
	readonly names: readonly ImportedNameTag[];
}

export interface ImportedNameTag {
	readonly imported: string;
	readonly local: string;
}
