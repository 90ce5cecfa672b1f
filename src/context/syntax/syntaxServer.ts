import type { LocalSyntax } from "./localSyntax.ts";
import { syntaxRequestSchema, type SyntaxReply } from "./syntaxProtocol.ts";

/** Answers one message of a SyntaxClient. Never rejects; a message that isn't a request has no answer. */
export async function answerSyntaxRequest(
	syntax: LocalSyntax,
	message: unknown,
): Promise<SyntaxReply> {
	const parsed = syntaxRequestSchema().safeParse(message);
	if (!parsed.success) {
		return { kind: "warning", message: "The syntax worker got a message that isn't a request." };
	}
	const request = parsed.data;
	// Requests are answered one after the other and quickly; the client forgets those that it aborts.
	const signal = new AbortController().signal;
	try {
		switch (request.operation) {
			case "positionAt":
				return {
					kind: "position",
					id: request.id,
					position: await syntax.positionAt(request.query, signal),
				};
			case "extentOf":
				return {
					kind: "extent",
					id: request.id,
					extent: await syntax.extentOf(request.query, signal),
				};
			case "structureAt":
				return {
					kind: "structure",
					id: request.id,
					structure: await syntax.structureAt(request.query, signal),
				};
		}
	} catch (error) {
		return { kind: "failed", id: request.id, message: String(error) };
	}
}
