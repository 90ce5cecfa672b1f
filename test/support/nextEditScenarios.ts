/** A change of a file that somebody begins by hand, and that next edits go on with to its end. */
export interface Scenario {
	readonly before: string;
	/** The first of each text is replaced, one after the other. */
	readonly byHand: readonly (readonly [old: string, next: string])[];
	readonly after: string;
}

/** Lines that nothing is to be changed in: what is behind them isn't on the screen. */
const farther = `${Array.from({ length: 90 }, (_, i) => `// ${i + 1} of ninety lines in between`).join("\n")}\n`;

const prices = (name: string): string => `export function ${name}(items: readonly Item[]): number {
	let sum = 0;
	for (const item of items) {
		sum += item.price;
	}
	return sum;
}

export function receipt(items: readonly Item[]): string {
	return \`Total: \${${name}(items)}\`;
}

export function isFree(items: readonly Item[]): boolean {
	return ${name}(items) === 0;
}
${farther}
export function average(items: readonly Item[]): number {
	return ${name}(items) / items.length;
}
`;

export const renamed: Scenario = {
	before: prices("totalPrice"),
	byHand: [["totalPrice", "sumOfPrices"]],
	after: prices("sumOfPrices"),
};

const shapes = (
	parameter: string,
	argument: string,
): string => `export function draw(shape: Shape${parameter}): void {
	canvas.stroke(shape.path);
}

export function frame(shape: Shape, theme: Theme): void {
	draw(shape${argument});
	label(shape);
}

export function card(shape: Shape, theme: Theme): void {
	draw(shape${argument});
	shadow(shape);
}

export function page(shape: Shape, theme: Theme): void {
	margin(shape);
	draw(shape${argument});
}
${farther}
export function poster(shape: Shape, theme: Theme): void {
	draw(shape${argument});
}
`;

export const addedParameter: Scenario = {
	before: shapes("", ""),
	byHand: [
		["draw(shape: Shape)", "draw(shape: Shape, theme: Theme)"],
		["draw(shape);", "draw(shape, theme);"],
		["draw(shape);", "draw(shape, theme);"],
	],
	after: shapes(", theme: Theme", ", theme"),
};

const list = (name: string, more: string): string =>
	`const ${name}: readonly Level[] = [\n\tLevel.Debug,\n\tLevel.Info,\n${more}];\n`;

const levels = (member: string, more: string): string =>
	`export enum Level {\n\tDebug,\n\tInfo,\n${member}}\n\n${["shown", "kept", "sent"]
		.map((name) => list(name, more))
		.join("\n")}${farther}\n${["read", "dropped"].map((name) => list(name, more)).join("\n")}`;

export const addedMember: Scenario = {
	before: levels("", ""),
	byHand: [
		["\tInfo,\n", "\tInfo,\n\tWarning,\n"],
		["\tLevel.Info,\n]", "\tLevel.Info,\n\tLevel.Warning,\n]"],
		["\tLevel.Info,\n]", "\tLevel.Info,\n\tLevel.Warning,\n]"],
		["\tLevel.Info,\n]", "\tLevel.Info,\n\tLevel.Warning,\n]"],
	],
	after: levels("\tWarning,\n", "\tLevel.Warning,\n"),
};
