import type { FileTags } from "../syntax/fileTags.ts";
import type { FileFacts } from "./repositoryIndex.ts";

/** What is known of a text by its tags; without a grammar, that it has lines. */
export function factsOf(text: string, tags: FileTags | undefined): FileFacts {
	return {
		lineCount: text.split("\n").length,
		isParsed: tags !== undefined,
		symbols: tags?.definitions ?? [],
		imports: tags?.imports ?? [],
		names: [...(tags?.names ?? [])].sort(([a], [b]) => (a < b ? -1 : 1)),
	};
}
