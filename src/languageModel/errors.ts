import { UserError } from "../base/userError.ts";

export type LanguageModelErrorCode =
	/** The local engine failed; its own sentence says how. */
	| "engineFailed"
	/** The prompt and the answer don't fit the model's context length. */
	| "promptTooLong"
	/** The model has no chat template, or can't fill in the middle. */
	| "unsuitableModel"
	/** No address, or one that isn't http(s). */
	| "serverMisconfigured"
	/** The key was refused. */
	| "unauthorized"
	/** The server, or the model there, doesn't exist. */
	| "notFound"
	/** No connection, no answer in time, or 5xx after all retries. */
	| "serverUnreachable"
	/** 429 after all retries. */
	| "rateLimited"
	/** The circuit is open: the server failed again and again and isn't asked for a while. */
	| "serverPaused"
	/** The server loads its model, and will answer when that is done. */
	| "serverLoading"
	/** The server refused the request (4xx). */
	| "requestRefused"
	/** What the server sent isn't what the protocol says. */
	| "badAnswer";

/** The only error that {@link import("./languageModel.ts").ChatModel} and InfillModel reject with. */
export class LanguageModelError extends UserError<LanguageModelErrorCode> {}
