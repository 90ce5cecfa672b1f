import { languageIdOfPath, unknownLanguageId } from "../context/files/languageIds.ts";

/** The parts of the editor's TextDocument that tell its language. */
export interface LanguageDocument {
	readonly languageId: string;
	readonly uri: { readonly path: string };
}

/**
 * The editor's language id; where no extension has told the editor the language of a file, what the file's name says. Without
 * that, Vue components would count as plain text until somebody installs an extension for them.
 */
export function documentLanguage({ languageId, uri }: LanguageDocument): string {
	return languageId === unknownLanguageId ? languageIdOfPath(uri.path) : languageId;
}
