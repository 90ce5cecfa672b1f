/** Lines of a table, of which the first row is the head. What is in a cell must not have bars or line breaks. */
export function table([head = [], ...rows]: readonly (readonly string[])[]): readonly string[] {
	const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
	return [line(head), line(head.map(() => "---")), ...rows.map(line)];
}
