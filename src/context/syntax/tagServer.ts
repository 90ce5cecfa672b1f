import { tagRequestSchema, type TagReply } from "./tagProtocol.ts";
import { isRuntimeFault, type TagSource } from "./tagSource.ts";

/**
 * Answers one message of a TagClient, or rejects when the parser has ended: the process then has to end too.
 * The next one must wait for the answer, so that the client knows which file it was.
 */
export async function answerTagRequest(source: TagSource, message: unknown): Promise<TagReply> {
	const { id, languageId, text } = tagRequestSchema.parse(message);
	try {
		return { kind: "tags", id, tags: await source.read(languageId, text) };
	} catch (error) {
		if (isRuntimeFault(error)) {
			throw error;
		}
		return { kind: "failed", id, message: error instanceof Error ? error.message : String(error) };
	}
}
