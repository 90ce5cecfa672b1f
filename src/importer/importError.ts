import { UserError } from "../base/userError.ts";

export type ImportErrorCode =
	/** The checkpoint is missing, truncated, altered or contradicts itself. */
	| "checkpointInvalid"
	/** The checkpoint is sound, but of a kind that the importer can't turn into a graph. */
	| "checkpointUnsupported"
	/** There is less room than the model takes. */
	| "diskFull"
	/** The output folder is already in use, or may not be written. */
	| "outputUnusable";

/** The only error, bugs and failures of the disk aside, that an import ends with. */
export class ImportError extends UserError<ImportErrorCode> {}
