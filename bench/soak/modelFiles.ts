import { cp, readdir, rename, stat, truncate } from "node:fs/promises";
import path from "node:path";
import { bundledModelFolders, type BundledModel } from "../../src/model/bundledModel.ts";
import type { Dice } from "./dice.ts";

export const modelDamages = ["fileGone", "fileCut", "folderGone", "bothFoldersGone"] as const;

/** The models of a run, as an extension's folder has them; copies, since they are taken away and damaged. */
export class ModelFiles {
	readonly #sourceFolder: string;
	readonly #extensionFolder: string;

	/** @param sourceFolder has the folders of the models that ship. */
	constructor(sourceFolder: string, extensionFolder: string) {
		this.#sourceFolder = sourceFolder;
		this.#extensionFolder = extensionFolder;
	}

	async copyAll(): Promise<void> {
		for (const folder of Object.values(bundledModelFolders)) {
			await cp(path.join(this.#sourceFolder, folder), this.#in(folder), { recursive: true });
		}
	}

	/** Takes something of `model` away; gives how to put it back. */
	async damage(
		model: BundledModel,
		damage: (typeof modelDamages)[number],
		dice: Dice,
	): Promise<() => Promise<void>> {
		const folder = bundledModelFolders[model];
		switch (damage) {
			case "fileGone": {
				const file = path.join(folder, dice.pick(await this.#neededFiles(folder)));
				return await this.#moveAway([file]);
			}
			case "fileCut": {
				const file = path.join(folder, dice.pick(await this.#neededFiles(folder)));
				const { size } = await stat(this.#in(file));
				await truncate(this.#in(file), dice.below(size));
				return async () => {
					// Under another name first: whoever opens it gets a whole file or none.
					const whole = `${this.#in(file)}.whole`;
					await cp(path.join(this.#sourceFolder, file), whole);
					await rename(whole, this.#in(file));
				};
			}
			case "folderGone":
				return await this.#moveAway([folder]);
			case "bothFoldersGone":
				return await this.#moveAway(Object.values(bundledModelFolders));
		}
	}

	#in(name: string): string {
		return path.join(this.#extensionFolder, name);
	}

	/** Those that its manifest names, and the manifest. */
	async #neededFiles(folder: string): Promise<readonly string[]> {
		const names = await readdir(this.#in(folder));
		return names.filter((name) =>
			/^(?:mote-model\.json|tokenizer\.json|.*\.onnx|weights\.bin)$/.test(name),
		);
	}

	async #moveAway(names: readonly string[]): Promise<() => Promise<void>> {
		const away = (name: string): string => `${this.#in(name)}.away`;
		for (const name of names) {
			await rename(this.#in(name), away(name));
		}
		return async () => {
			for (const name of names) {
				await rename(away(name), this.#in(name));
			}
		};
	}
}
