import { EngineError } from "./errors.ts";

/** What a backend rejects with: what happened, why as far as the runtime says, and what to do. */
export function runtimeError(what: string, cause?: unknown): EngineError {
	const detail = cause instanceof Error ? ` (${cause.message.slice(0, 500)})` : "";
	return new EngineError(
		"runtimeFailed",
		`${what}${detail}; restart the engine, and if that does not help install or import the model again.`,
		{ cause },
	);
}
