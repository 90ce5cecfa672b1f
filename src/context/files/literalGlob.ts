/** A path as a glob that matches it alone. */
export function literalGlob(file: string): string {
	return file.replaceAll(/[\\*?[\]{}()!+@|]/g, "\\$&");
}
