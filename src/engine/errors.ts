import type { LearningErrorCode } from "../adaptation/learning.ts";
import { UserError } from "../base/userError.ts";

export type EngineErrorCode =
	/** The model folder is missing, unreadable, altered or not a model. */
	| "modelUnusable"
	/** It runs, but slower on this machine than was asked for. */
	| "modelTooSlow"
	/** The model, or what a request has read, takes more memory than is free now. */
	| "notEnoughMemory"
	/** The prompt and the answer don't fit the model's context length. */
	| "promptTooLong"
	/** The runtime failed to load or run the model. */
	| "runtimeFailed"
	/** The engine's process ended while it held the request; a new one is started. */
	| "processDied"
	/** The process died too often in a short time and is not started again by itself. */
	| "processGaveUp"
	/** More requests are waiting than the queue holds. */
	| "queueFull"
	/** Its process has ended because nobody asked; the next request starts another. */
	| "resting"
	| LearningErrorCode
	/** The engine was disposed. */
	| "disposed";

/** The only error that {@link import("./engine.ts").Engine} methods reject with. */
export class EngineError extends UserError<EngineErrorCode> {}
