/** The name of a bundle without the part that follows from what it holds. */
export function stableName(file: string): string {
	return file.replace(/-[A-Z0-9]{8}(?=[.]js$)/, "-*");
}
