import { UserError } from "../base/userError.ts";

export type LibraryErrorCode =
	/** The hub's address, or the name of a repository, can't be one. */
	| "wrongName"
	/** The hub has no such repository or file. */
	| "notFound"
	/** The hub wants a token, or terms to be accepted. */
	| "accessDenied"
	/** No connection, or none that lasts. What came so far is kept. */
	| "hubUnreachable"
	/** The hub asks to be left alone for longer than anybody waits. */
	| "hubBusy"
	/** What the hub sends isn't what it says it is. */
	| "hubInvalid"
	/** The repository is sound, but holds nothing that can be installed. */
	| "modelUnsupported"
	/** The machine has too little memory for the model. */
	| "notEnoughMemory"
	/** The disk has too little room. What came so far is kept. */
	| "diskFull"
	/** A folder of the library can't be read or written, or was removed meanwhile. */
	| "folderUnusable"
	/** Another window or program is at the same model. */
	| "inUse"
	/** There is no such model in the library. */
	| "notInstalled";

/** The only error, bugs aside, that downloads and the library end with; the importer's go through as they are. */
export class LibraryError extends UserError<LibraryErrorCode> {}
