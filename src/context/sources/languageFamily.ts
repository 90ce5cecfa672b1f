/** Languages whose files can use each other's names. */
const families: readonly (readonly string[])[] = [
	["typescript", "typescriptreact", "javascript", "javascriptreact", "vue", "svelte"],
	["c", "cpp", "objective-c", "objective-cpp", "cuda-cpp"],
	["java", "kotlin", "scala", "groovy"],
];

/** The ids of all languages whose definitions may be used from `languageId`, that one included. */
export function languageFamily(languageId: string): readonly string[] {
	return families.find((family) => family.includes(languageId)) ?? [languageId];
}
