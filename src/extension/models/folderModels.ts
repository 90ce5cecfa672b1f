import path from "node:path";
import { bundledModelFolders, type BundledModel } from "../../model/bundledModel.ts";
import { modelBytes, ModelError, openModel } from "../../model/modelStore.ts";
import type { FolderModel } from "../../modelCatalog/catalogFacts.ts";

const bundledModelNames: readonly BundledModel[] = ["base", "nano"];

/** What the setting calls the models that ship, by their folders. */
export function bundledFolders(extensionFolder: string): ReadonlyMap<string, BundledModel> {
	return new Map(
		bundledModelNames.map((name) => [
			path.join(extensionFolder, bundledModelFolders[name]),
			name,
		]),
	);
}

/** The models in these folders; those that aren't there or can't be read are left out. */
export async function folderModels(
	bundled: Iterable<string>,
	others: Iterable<string>,
): Promise<readonly FolderModel[]> {
	const models = await Promise.all([
		...[...bundled].map((folder) => folderModel(folder, true)),
		...[...others].map((folder) => folderModel(folder, false)),
	]);
	return models.flatMap((model) => model ?? []);
}

export async function folderModel(
	folder: string,
	isBundled: boolean,
): Promise<FolderModel | undefined> {
	try {
		const { manifest } = await openModel(folder, { verify: "sizes" });
		const { name, license, contextLength: contextTokens, fim, chat } = manifest;
		const [fillsIn, converses] = [fim !== undefined, chat !== undefined];
		const bytes = modelBytes(manifest);
		return { folder, name, license, contextTokens, fillsIn, converses, bytes, isBundled };
	} catch (error) {
		if (!(error instanceof ModelError)) {
			throw error;
		}
		return undefined;
	}
}
