import type * as z from "zod";

/** A line of a protocol with one JSON a line; undefined when it is no JSON, or not of this shape. */
export function parseJsonLine<Message>(
	schema: z.ZodType<Message>,
	line: string,
): Message | undefined {
	let json: unknown;
	try {
		json = JSON.parse(line);
	} catch {
		return undefined;
	}
	const parsed = schema.safeParse(json);
	return parsed.success ? parsed.data : undefined;
}
