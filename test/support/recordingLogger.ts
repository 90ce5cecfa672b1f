import { nullLogger, type Logger } from "../../src/base/log.ts";

/** Adds what is warned of, and errors, to `log`: `warn: …`, `error: …`. */
export function recordingLogger(log: string[]): Logger {
	return {
		...nullLogger,
		warn: (message) => void log.push(`warn: ${message}`),
		error: (message) => void log.push(`error: ${message}`),
	};
}
