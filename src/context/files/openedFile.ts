import { closeSync, fstatSync, lstatSync, openSync, realpathSync, type Stats } from "node:fs";
import path from "node:path";
import { foreignFileFlags, readBytes } from "./smallFile.ts";
import { decodeText, isMinified, replacementCharacter, type UnfitReason } from "./sourceText.ts";
import { holdsPrivateKey, isSecretIn } from "./secrets.ts";

export interface FileVersion {
	/** Bytes. */
	readonly size: number;
	/** Milliseconds since 1970, with fractions. */
	readonly modifiedMs: number;
}

export type OpenedFile =
	| { readonly kind: "source"; readonly bytes: Uint8Array; readonly version: FileVersion }
	| { readonly kind: "unfit"; readonly reason: UnfitReason; readonly version: FileVersion }
	| { readonly kind: "missing" };

/** What lstat says of a regular file; undefined for everything else and for what isn't there. */
export function versionOf(root: string, file: string): FileVersion | undefined {
	let stat: Stats | undefined;
	try {
		stat = lstatSync(path.join(root, file), { throwIfNoEntry: false });
	} catch {
		// Beneath what isn't a folder any more, or in one that may not be looked into.
		return undefined;
	}
	return stat?.isFile() === true ? { size: stat.size, modifiedMs: stat.mtimeMs } : undefined;
}

/**
 * The bytes of a file of the repository. Never follows a link out of it, never waits for a pipe, never reads
 * more than `maxBytes`, and never opens a file whose name says that it is secret.
 */
export function openSource(root: string, file: string, maxBytes: number): OpenedFile {
	const unfit = (reason: UnfitReason, version: FileVersion): OpenedFile => ({
		kind: "unfit",
		reason,
		version,
	});
	if (isSecretIn(root, file)) {
		return unfit("secret", { size: 0, modifiedMs: 0 });
	}
	let descriptor: number | undefined;
	try {
		const full = path.join(root, file);
		if (realpathSync.native(path.dirname(full)) !== path.dirname(full)) {
			return { kind: "missing" };
		}
		descriptor = openSync(full, foreignFileFlags);
		const stat = fstatSync(descriptor);
		if (!stat.isFile()) {
			return { kind: "missing" };
		}
		const version = { size: stat.size, modifiedMs: stat.mtimeMs };
		if (stat.size > maxBytes) {
			return unfit("tooLarge", version);
		}
		return { kind: "source", bytes: readBytes(descriptor, stat.size), version };
	} catch (error) {
		if (isGone(error)) {
			return { kind: "missing" };
		}
		return unfit("unreadable", versionOf(root, file) ?? { size: 0, modifiedMs: 0 });
	} finally {
		if (descriptor !== undefined) {
			closeSync(descriptor);
		}
	}
}

/**
 * The text to index, or why there is none. `content` is that of a file, in `encoding` (see `decodeText`), or the text
 * of a document.
 */
export function sourceTextOf(
	content: Uint8Array | string,
	encoding?: string,
): { readonly text: string } | { readonly reason: UnfitReason } {
	const text = typeof content === "string" ? whole(content) : decodeText(content, encoding);
	if (text === undefined) {
		return { reason: "binary" };
	}
	if (isMinified(text)) {
		return { reason: "minified" };
	}
	return holdsPrivateKey(text) ? { reason: "secret" } : { text };
}

/** Undefined for a text with characters that it lost on its way. */
function whole(text: string): string | undefined {
	return text.isWellFormed() && !text.includes(replacementCharacter) ? text : undefined;
}

function isGone(error: unknown): boolean {
	return (
		error instanceof Error &&
		"code" in error &&
		(error.code === "ENOENT" || error.code === "ENOTDIR" || error.code === "ELOOP")
	);
}
