/** Where a layer reports what a user may want to read later. Never carries source text. */
export interface Logger {
	debug(message: string): void;
	info(message: string): void;
	warn(message: string): void;
	error(message: string): void;
}

const ignore = (): void => undefined;

/** Drops everything. */
export const nullLogger: Logger = { debug: ignore, info: ignore, warn: ignore, error: ignore };
