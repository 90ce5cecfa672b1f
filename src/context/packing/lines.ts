/** Takes away the indentation that all lines share. */
export function dedent(lines: readonly string[]): readonly string[] {
	let least = maxIndent;
	for (const line of lines) {
		const code = line.search(/\S/);
		if (code >= 0 && code < least) {
			least = code;
		}
	}
	return lines.map((line) => line.slice(least));
}

const maxIndent = 200;
