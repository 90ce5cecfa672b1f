import type { CompletionConfig, CompletionProvider } from "../../completion/completionProvider.ts";
import type { Hole } from "../hole.ts";
import type { PackageContext } from "../packageContext.ts";
import { typePlace } from "./typePlace.ts";
import type { TypingResult } from "./typingReport.ts";

export interface TypeAllParts {
	/** The repository around each place; undefined where none is known. */
	readonly packages: PackageContext | undefined;
	/** A pipeline that remembers nothing yet, as a new window has. */
	readonly createProvider: () => CompletionProvider;
	readonly config: CompletionConfig;
	readonly hasTextBelow: boolean;
	readonly onProgress: (done: number) => void;
}

/** Types every place once. A package is read once, whatever the order of the places. */
export async function typeAll(
	places: readonly Hole[],
	parts: TypeAllParts,
): Promise<readonly TypingResult[]> {
	const { packages, createProvider, hasTextBelow } = parts;
	// An answer waits for nothing: debounce and adaptive wait are about the time between keys.
	const config = { ...parts.config, debounceMs: 0 };
	const ordered = [...places].sort((a, b) =>
		a.package < b.package ? -1 : a.package > b.package ? 1 : 0,
	);
	const results: TypingResult[] = [];
	for (const place of ordered) {
		await packages?.enter(place);
		const provider = createProvider();
		const typed = await typePlace(place, { provider, config, hasTextBelow });
		provider.dispose();
		results.push({ place, typed });
		parts.onProgress(results.length);
	}
	return results;
}
