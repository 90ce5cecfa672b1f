/** The models that ship: their folders, relative to the root of the extension. `.vscodeignore` names them too. */
export const bundledModelFolders = { base: "models/mote-base", nano: "models/mote-nano" } as const;

export type BundledModel = keyof typeof bundledModelFolders;

/** What completes unless somebody, or the machine, wants it otherwise. */
export const defaultBundledModel: BundledModel = "base";

export function isBundledModel(name: string): name is BundledModel {
	return Object.hasOwn(bundledModelFolders, name);
}
