/** One line on stderr, so that stdout holds nothing but the report. */
export function progress(message: string): void {
	process.stderr.write(`${message}\n`);
}
