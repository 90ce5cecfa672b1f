import { readdirSync } from "node:fs";
import { UserError } from "../../base/userError.ts";
import { walkRepository, type FoundFile, type WalkOptions } from "../files/walkRepository.ts";
import { breather } from "./breather.ts";

export interface FoundChanges {
	/** The files that have to be read. */
	readonly changed: readonly FoundFile[];
	/** Every file that is there. */
	readonly seen: ReadonlySet<string>;
	readonly unchanged: number;
}

/** Walks the folder; `isKnown` says which files needn't be read. Ends early when `signal` aborts. */
export async function findChanged(
	root: string,
	options: WalkOptions,
	isKnown: (found: FoundFile) => boolean,
	signal: AbortSignal,
): Promise<FoundChanges> {
	assertReadable(root);
	const changed: FoundFile[] = [];
	const seen = new Set<string>();
	let unchanged = 0;
	const breathe = breather();
	for (const found of walkRepository(root, options)) {
		if (signal.aborted) {
			break;
		}
		if (found === undefined) {
			await breathe();
			continue;
		}
		seen.add(found.path);
		if (isKnown(found)) {
			unchanged++;
		} else {
			changed.push(found);
		}
	}
	return { changed, seen, unchanged };
}

/** Throws a UserError for a folder that went away: its files are not gone, they can't be seen. */
function assertReadable(root: string): void {
	try {
		readdirSync(root);
	} catch (error) {
		throw new UserError("indexFolder", `${root} can't be read; check that it still exists.`, {
			cause: error,
		});
	}
}
