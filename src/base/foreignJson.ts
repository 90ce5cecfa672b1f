import * as z from "zod";

/** JSON that somebody else has written: what it says can't take more memory than its text is worth. */

export type ForeignJson =
	| { readonly kind: "json"; readonly value: unknown }
	/** `problem` is the rest of a sentence after the name of the file. */
	| { readonly kind: "invalid"; readonly problem: string; readonly cause?: unknown };

/** Published configs have up to 6 levels, chat templates' tools a few more. */
const maxLevels = 64;
/**
 * Lists and objects take some fifty bytes each where their text takes two. A tokenizer with the most merges that are
 * taken, each a pair, has two million.
 */
const maxContainers = 3_000_000;

/** `JSON.parse`, but for texts of brackets by the million. */
export function parseForeignJson(text: string): ForeignJson {
	const problem = bracketProblem(text);
	if (problem !== undefined) {
		return { kind: "invalid", problem };
	}
	try {
		return { kind: "json", value: JSON.parse(text) };
	} catch (cause) {
		return { kind: "invalid", problem: "is not JSON", cause };
	}
}

const [quote, backslash] = [0x22, 0x5c];
const [openList, closeList, openObject, closeObject] = [0x5b, 0x5d, 0x7b, 0x7d];

function bracketProblem(text: string): string | undefined {
	let [levels, containers, isInText] = [0, 0, false];
	for (let i = 0; i < text.length; i++) {
		const unit = text.charCodeAt(i);
		if (isInText) {
			if (unit === backslash) {
				i++;
			} else if (unit === quote) {
				isInText = false;
			}
		} else if (unit === quote) {
			isInText = true;
		} else if (unit === openList || unit === openObject) {
			levels++;
			containers++;
			if (levels > maxLevels) {
				return `has lists and objects in more than ${maxLevels} levels`;
			}
			if (containers > maxContainers) {
				return `has more than ${maxContainers} lists and objects`;
			}
		} else if (unit === closeList || unit === closeObject) {
			levels--;
		}
	}
	return undefined;
}

/** Longer ones name places whose names nobody reads. */
const maxProblemLength = 300;

/** What a schema found first, in one line that fits a sentence. */
export function firstProblem({ issues }: z.ZodError): string {
	const text = z.prettifyError(new z.ZodError(issues.slice(0, 1)));
	return text.replaceAll(/\s+/g, " ").slice(0, maxProblemLength);
}

/**
 * An array of at most `max` elements. `z.array` keeps a finding about each that is wrong, which for some millions of them is
 * more memory than there is; this stops at the first.
 */
export function foreignList<Element extends z.ZodType>(
	element: Element,
	max: number,
): z.ZodType<z.output<Element>[]> {
	return z.unknown().transform((value, context) => {
		if (!Array.isArray(value) || value.length > max) {
			return refused(context, `Invalid input: expected an array of at most ${max}`);
		}
		const list: z.output<Element>[] = [];
		for (const [i, part] of value.entries()) {
			const result = element.safeParse(part);
			if (!result.success) {
				return refused(context, messageOf(result.error), [i, ...pathOf(result.error)]);
			}
			list.push(result.data);
		}
		return list;
	});
}

/** An object of at most `max` values by names of any kind; for the same reason as {@link foreignList}. */
export function foreignRecord<Value extends z.ZodType>(
	schema: Value,
	max: number,
): z.ZodType<Readonly<Record<string, z.output<Value>>>> {
	return z.unknown().transform((value, context) => {
		if (typeof value !== "object" || value === null || Array.isArray(value)) {
			return refused(context, "Invalid input: expected an object");
		}
		const entries: [string, unknown][] = Object.entries(value);
		if (entries.length > max) {
			return refused(context, `Too big: expected at most ${max} entries`);
		}
		const parsed: [string, z.output<Value>][] = [];
		for (const [key, part] of entries) {
			const result = schema.safeParse(part);
			if (!result.success) {
				return refused(context, messageOf(result.error), [key, ...pathOf(result.error)]);
			}
			parsed.push([key, result.data]);
		}
		// Which gives "__proto__" no meaning.
		return Object.fromEntries(parsed);
	});
}

const messageOf = ({ issues: [first] }: z.ZodError): string => first?.message ?? "Invalid input";
const pathOf = ({ issues: [first] }: z.ZodError): readonly PropertyKey[] => first?.path ?? [];

function refused(
	context: z.RefinementCtx,
	message: string,
	path: readonly PropertyKey[] = [],
): never {
	context.addIssue({ code: "custom", message, path: [...path] });
	return z.NEVER;
}
