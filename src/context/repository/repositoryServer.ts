import { createHash } from "node:crypto";
import { abortReason } from "../../base/abort.ts";
import { assertNever } from "../../base/assert.ts";
import { systemClock, type Clock } from "../../base/clock.ts";
import type { Tokenizer } from "../../tokenizer/tokenizer.ts";
import type { ContextEngine } from "../contextEngine.ts";
import { copiedFile } from "../copied/copiedFile.ts";
import { explain } from "../explanation/explain.ts";
import type { RepositoryIndex } from "../index/repositoryIndex.ts";
import { usesElsewhere } from "../uses/usesElsewhere.ts";
import {
	repositoryRequestSchema,
	type RepositoryReply,
	type RepositoryRequest,
} from "./repositoryProtocol.ts";

export interface RepositoryServerParts {
	readonly index: RepositoryIndex;
	readonly context: ContextEngine;
	readonly tokenizer: Tokenizer;
	/** Reads which files change together, for the context engine. Never rejects. */
	readonly readHistory: (signal: AbortSignal) => Promise<void>;
	readonly reply: (reply: RepositoryReply) => void;
	readonly clock?: Clock;
}

/** Files take a while to be read, and people look at the number ten times a second at most. */
const progressIntervalMs = 100;

/** Answers what the editor's thread asks about one repository. A fault ends one request. */
export class RepositoryServer {
	readonly #parts: RepositoryServerParts;
	readonly #running = new Map<number, AbortController>();
	/** The whole folder was read once, and its changes are told since. */
	#isScanned = false;

	constructor(parts: RepositoryServerParts) {
		this.#parts = parts;
	}

	async receive(message: unknown): Promise<void> {
		const parsed = repositoryRequestSchema().safeParse(message);
		if (!parsed.success) {
			this.#parts.reply({ kind: "warning", message: "A request could not be understood." });
			return;
		}
		const request = parsed.data;
		if (request.operation === "abort") {
			this.#running.get(request.id)?.abort();
			return;
		}
		const controller = new AbortController();
		this.#running.set(request.id, controller);
		try {
			this.#parts.reply(await this.#answer(request, controller.signal));
		} catch (error) {
			const message = error instanceof Error ? error.message : String(error);
			this.#parts.reply({ kind: "failed", id: request.id, message });
		} finally {
			this.#running.delete(request.id);
		}
	}

	/** Gives up what it is doing, and keeps what it has read. */
	async end(): Promise<void> {
		for (const controller of this.#running.values()) {
			controller.abort(abortReason);
		}
		await this.#parts.index[Symbol.asyncDispose]();
	}

	async #answer(
		request: Exclude<RepositoryRequest, { operation: "abort" }>,
		signal: AbortSignal,
	): Promise<RepositoryReply> {
		const { index, context, reply } = this.#parts;
		const { id } = request;
		switch (request.operation) {
			case "scan": {
				let lastMs = 0;
				const { aborted } = await index.scan(signal, ({ filesDone, filesTotal }) => {
					const nowMs = performance.now();
					if (nowMs - lastMs >= progressIntervalMs || filesDone === filesTotal) {
						lastMs = nowMs;
						reply({ kind: "progress", filesDone, filesTotal });
					}
				});
				this.#isScanned ||= !aborted;
				return { kind: "done", id };
			}
			case "explain": {
				const { clock = systemClock } = this.#parts;
				const isComplete = this.#isScanned;
				const explanation = await explain(request.query, { index, clock }, signal);
				return { kind: "explained", id, explained: { explanation, isComplete } };
			}
			case "collect":
				return { kind: "collected", id, collected: await context.collect(request.query, signal) };
			case "copied":
				return { kind: "copied", id, file: await copiedFile(request.query, index, signal) };
			case "uses": {
				const isComplete = this.#isScanned;
				const found = await usesElsewhere(request.query, index, signal);
				return { kind: "uses", id, found: { ...found, isComplete } };
			}
			case "update":
				await index.update(request.path, request.text);
				return { kind: "done", id };
			case "remove":
				await index.remove(request.path);
				return { kind: "done", id };
			case "readHistory":
				await this.#parts.readHistory(signal);
				return { kind: "done", id };
			case "files":
				return { kind: "files", id, paths: index.files().map(({ path }) => path) };
			case "tokens":
				return { kind: "tokens", id, file: this.#tokensOf(request.path) };
			default:
				return assertNever(request);
		}
	}

	#tokensOf(path: string): { fingerprint: string; tokens: Int32Array<ArrayBuffer> } | undefined {
		const text = this.#parts.index.textOf(path, 0, Number.MAX_SAFE_INTEGER);
		if (text === undefined) {
			return undefined;
		}
		const normal = text.replaceAll("\r\n", "\n").toWellFormed();
		return {
			fingerprint: createHash("sha256").update(normal).digest("base64url").slice(0, 22),
			tokens: Int32Array.from(this.#parts.tokenizer.encode(normal)),
		};
	}
}
