import { basename } from "node:path";

/** Stands where others have an owner on the hub. */
const ownOwner = "own";
const maxNameLength = 80;

/** The name of the folder of a model that is made of somebody's own file or folder: free, and of the form of all. */
export function ownModelId(path: string, taken: ReadonlySet<string>): string {
	const name =
		basename(path)
			.replace(/[.]gguf$/i, "")
			.replaceAll(/[^A-Za-z0-9_.]+/g, "-")
			.replaceAll(/[.]{2,}|[.]partial-/g, "-")
			.replaceAll(/-{2,}/g, "-")
			.replaceAll(/^[-.]+|[-.]+$/g, "")
			.slice(0, maxNameLength) || "model";
	for (let number = 1; ; number++) {
		const id = `${ownOwner}--${name}${number === 1 ? "" : `-${number}`}`;
		if (!taken.has(id)) {
			return id;
		}
	}
}
