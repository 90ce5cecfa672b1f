import { assert } from "../../base/assert.ts";
import type { ProcessPort } from "../../base/process/port.ts";
import type { ModelManifest } from "../../model/manifest.ts";
import { tokenAt } from "../../tokenizer/tokenIds.ts";
import type { Backend, KvCache } from "../backend.ts";
import {
	maxMessageLength,
	parseToDevice,
	type FromDevice,
	type OpenDevice,
	type ToDevice,
} from "./messages.ts";

/** Numbers of a model that say how its KV caches lie in memory. */
export type KvNumbers = Pick<ModelManifest, "layers" | "kvHeads" | "headDim">;

export interface OpenedDevice {
	/** Its KV caches have float32 in ordinary memory, as those of src/engine/ort. */
	readonly backend: Backend;
	readonly numbers: KvNumbers;
}

export interface DeviceServer {
	/** To the engine's process. */
	readonly port: ProcessPort;
	/** Rejects with whatever the runtime says. */
	readonly open: (request: OpenDevice) => Promise<OpenedDevice>;
	/** Ends this process, as soon as threads of native code are done with what they do. */
	readonly exit: (code: number) => void;
	/** Ends it at once, whatever hangs in it. */
	readonly kill: () => void;
}

/**
 * Runs a model for another process, which may end this one at any moment. Passes are run one after the other, in the order in
 * which they are asked for.
 */
export function serveDevice({ port, open, exit, kill }: DeviceServer): void {
	let opened: OpenedDevice | undefined;
	const caches = new Map<number, KvCache>();
	let turn = Promise.resolve();
	const answer = async (message: ToDevice): Promise<FromDevice | undefined> => {
		if (message.kind === "open") {
			assert(opened === undefined, "a model is opened once");
			opened = await open(message);
			const { vocabularySize, contextLength, kvLayout } = opened.backend;
			return { kind: "opened", vocabularySize, contextLength, layoutId: kvLayout.id };
		}
		assert(opened !== undefined, "a model is opened first");
		switch (message.kind) {
			case "write":
				write(opened.backend, caches, message);
				return undefined;
			case "pass":
				return await pass(opened, caches, message);
			case "release":
				caches.get(message.cache)?.dispose();
				caches.delete(message.cache);
				return undefined;
		}
	};
	// A driver that hangs would keep the process from exiting, and nobody is left who would end it.
	port.onClose(kill);
	port.onMessage((raw) => {
		const message = parseToDevice(raw);
		if (message === undefined) {
			// Whoever sends such things can't be told what is wrong with them.
			exit(1);
			return;
		}
		turn = turn.then(async () => {
			try {
				const reply = await answer(message);
				if (reply !== undefined) {
					port.send(reply);
				}
			} catch (error) {
				port.send({ kind: "failed", message: wordsOf(error) } satisfies FromDevice);
			}
		});
	});
}

type Write = Extract<ToDevice, { kind: "write" }>;

function write(backend: Backend, caches: Map<number, KvCache>, message: Write): void {
	const { cache: id, length, capacity, start, bytes } = message;
	if (start === 0) {
		caches.get(id)?.dispose();
		caches.set(id, backend.createKvCache(capacity));
	}
	const cache = caches.get(id);
	assert(cache !== undefined, "the first piece comes first");
	cache.writePrefix(length, start, bytes);
	if (start + bytes.length === backend.kvLayout.prefixBytes(length)) {
		cache.markFilled(length);
	}
}

type Pass = Extract<ToDevice, { kind: "pass" }>;

async function pass(
	{ backend, numbers }: OpenedDevice,
	caches: Map<number, KvCache>,
	{ cache: id, length, capacity, tokens, logitRows }: Pass,
): Promise<FromDevice> {
	const cache = caches.get(id) ?? backend.createKvCache(capacity);
	caches.set(id, cache);
	cache.rewindTo(length);
	if (cache.capacity < length + tokens.length) {
		cache.grow(capacity);
	}
	const found = await backend.forward(cache, Array.from(tokens, tokenAt), logitRows);
	const { vocabularySize } = backend;
	const logits = new Float32Array(logitRows * vocabularySize);
	for (let row = 0; row < logitRows; row++) {
		logits.set(found.row(row), row * vocabularySize);
	}
	return { kind: "passed", logits, appended: appendedTo(cache, numbers, tokens.length) };
}

/** The last `count` positions of every head, of which a prefix has all positions of one behind those of another. */
function appendedTo(
	cache: KvCache,
	{ layers, kvHeads, headDim }: KvNumbers,
	count: number,
): Float32Array<ArrayBuffer> {
	const { length } = cache;
	const heads = 2 * layers * kvHeads;
	const positionBytes = headDim * Float32Array.BYTES_PER_ELEMENT;
	const bytes = new Uint8Array(heads * count * positionBytes);
	for (let head = 0; head < heads; head++) {
		const start = (head * length + length - count) * positionBytes;
		const to = head * count * positionBytes;
		cache.readPrefix(length, start, bytes.subarray(to, to + count * positionBytes));
	}
	return new Float32Array(bytes.buffer);
}

/** The runtime's own words, without what Mote says around them. */
function wordsOf(error: unknown): string {
	const said = error instanceof Error && error.cause instanceof Error ? error.cause : error;
	const text = said instanceof Error ? said.message : String(said);
	return text.slice(0, maxMessageLength).toWellFormed();
}
