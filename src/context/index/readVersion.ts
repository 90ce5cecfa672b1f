import { hash } from "node:crypto";
import { openSource } from "../files/openedFile.ts";
import type { StoredFile } from "./indexStore.ts";

/** A version of a file that was read, whether it was fit or not. */
export type ReadVersion = Omit<StoredFile, "path" | "record">;

export type VersionRead =
	| { readonly kind: "missing" }
	/** It isn't opened because of its name or its size, or can't be. */
	| { readonly kind: "unfit"; readonly version: ReadVersion }
	| { readonly kind: "source"; readonly version: ReadVersion; readonly bytes: Uint8Array };

/** Reads a file of the repository; see `openSource` for what it never does. */
export function readVersion(root: string, file: string, maxBytes: number): VersionRead {
	const checkedMs = Date.now();
	const opened = openSource(root, file, maxBytes);
	if (opened.kind === "missing") {
		return opened;
	}
	const { size, modifiedMs } = opened.version;
	const unread = { size, modifiedMs, checkedMs, hash: new Uint8Array() };
	if (opened.kind === "unfit") {
		return { kind: "unfit", version: unread };
	}
	const { bytes } = opened;
	return { kind: "source", version: { ...unread, hash: hash("sha256", bytes, "buffer") }, bytes };
}

/** A file written so shortly before it was read may be written again without its time changing. */
const clockGrainMs = 2000;

/** Whether a file that looks like this now has the content that was read. */
export function isCurrent(
	known: ReadVersion | undefined,
	now: Pick<ReadVersion, "size" | "modifiedMs">,
): boolean {
	return (
		known?.size === now.size &&
		known.modifiedMs === now.modifiedMs &&
		known.checkedMs > now.modifiedMs + clockGrainMs
	);
}
