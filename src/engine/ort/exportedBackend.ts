import type { InferenceSession, Tensor } from "onnxruntime-node";
import { assert } from "../../base/assert.ts";
import { layerName, type ExportedGraph } from "../../model/exportedGraph.ts";
import type { ModelManifest } from "../../model/manifest.ts";
import type { TokenId } from "../../tokenizer/tokenizer.ts";
import type { Backend, Logits } from "../backend.ts";
import type { EngineError } from "../errors.ts";
import { runtimeError } from "../runtimeError.ts";
import { SerialBackend } from "../serialBackend.ts";
import { kvBytesPerPosition, maxKvPositions, OrtKvCache, type KvShape } from "./ortKvCache.ts";
import { planPasses, type Pass, type PassRules } from "./passPlan.ts";
import { loadRuntime, type Runtime } from "./runtime.ts";
import { sessionOptions } from "./sessionOptions.ts";

export interface ExportedBackendOptions {
	/** Path of the graph; its external data lies beside it. */
	readonly graphPath: string;
	readonly manifest: Pick<
		ModelManifest,
		"vocabularySize" | "contextLength" | "layers" | "kvHeads" | "headDim"
	>;
	readonly names: ExportedGraph;
	readonly threads: number;
}

/**
 * Loads a graph that somebody else has exported into ONNX Runtime's CPU provider. What holds for
 * {@link import("./ortBackend.ts").openOrtBackend} holds for it.
 *
 * @throws EngineError "runtimeFailed"
 */
export async function openExportedBackend(options: ExportedBackendOptions): Promise<Backend> {
	try {
		const runtime = await loadRuntime();
		const session = await runtime.InferenceSession.create(
			options.graphPath,
			sessionOptions(options.threads),
		);
		const graph = new ExportedSession(runtime, session, options);
		return new ExportedBackend(graph, options);
	} catch (error) {
		throw runtimeError("ONNX Runtime could not load the model", error);
	}
}

/** What a pass gives. */
interface PassResult {
	/** Of the wanted rows, one after the other. */
	readonly logits: Float32Array;
	/** As the graphs of Mote's contract return it: see {@link OrtKvCache.append}. */
	readonly appended: Float32Array;
}

type Integers = "int64" | "int32";

/** A session and the names in its graph. */
class ExportedSession {
	readonly layers: number;
	readonly #runtime: Runtime;
	readonly #session: InferenceSession;
	readonly #names: ExportedGraph;
	readonly #shape: ExportedBackendOptions["manifest"];
	readonly #integers: ReadonlyMap<string, Integers>;

	constructor(
		runtime: Runtime,
		session: InferenceSession,
		{ names, manifest }: ExportedBackendOptions,
	) {
		this.layers = manifest.layers;
		this.#runtime = runtime;
		this.#session = session;
		this.#names = names;
		this.#shape = manifest;
		checkNames(session, names, manifest.layers);
		this.#integers = new Map(
			session.inputMetadata.flatMap((input) =>
				input.isTensor && (input.type === "int64" || input.type === "int32")
					? [[input.name, input.type] as const]
					: [],
			),
		);
	}

	/** Appends nothing itself. Rejects with whatever the runtime says. */
	async run(cache: OrtKvCache, tokens: readonly TokenId[], logitRows: number): Promise<PassResult> {
		const past = cache.length;
		const names = this.#names;
		const fetched = this.#caches(names.presentKey, names.presentValue);
		const pasts = this.#pasts(cache);
		const dims = [1, this.#shape.kvHeads, past, this.#shape.headDim];
		const pastFeeds = this.#caches(names.pastKey, names.pastValue).map((name, i) => {
			const data = pasts[i];
			assert(data !== undefined, "there is a past for each of its names");
			return [name, this.createTensor(data, dims)] as const;
		});
		const outputs = await this.#session.run(
			{ ...this.#feeds(past, tokens, logitRows), ...Object.fromEntries(pastFeeds) },
			logitRows === 0 ? fetched : [names.logits, ...fetched],
		);
		for (const { buffer } of pasts) {
			// Given back at once and not when the collector comes by: each pass has copies of the whole cache.
			structuredClone(buffer, { transfer: [buffer] });
		}
		return {
			logits: this.#wantedLogits(outputs[names.logits], logitRows),
			appended: this.#appended(
				fetched.map((name) => outputs[name]),
				past,
				tokens.length,
			),
		};
	}

	async release(): Promise<void> {
		await this.#session.release();
	}

	get runtimeVersion(): string {
		return this.#runtime.env.versions.node ?? "unknown";
	}

	createTensor = (data: Float32Array | Int8Array, dims: readonly number[]): Tensor => {
		assert(data instanceof Float32Array, "exported graphs have float32 caches");
		return new this.#runtime.Tensor("float32", data, dims);
	};

	/** Key and value of layer 0, of layer 1, … */
	#caches(keyPattern: string, valuePattern: string): readonly string[] {
		return Array.from({ length: this.layers }, (_, layer) => [
			layerName(keyPattern, layer),
			layerName(valuePattern, layer),
		]).flat();
	}

	#feeds(past: number, tokens: readonly TokenId[], logitRows: number): Record<string, Tensor> {
		const names = this.#names;
		const rows = tokens.length;
		const feeds: Record<string, Tensor> = {
			[names.inputIds]: this.#integerTensor(names.inputIds, tokens, [1, rows]),
		};
		if (names.attentionMask !== undefined) {
			const ones = Array<number>(past + rows).fill(1);
			feeds[names.attentionMask] = this.#integerTensor(names.attentionMask, ones, [1, ones.length]);
		}
		if (names.positionIds !== undefined) {
			const positions = tokens.map((_, i) => past + i);
			feeds[names.positionIds] = this.#integerTensor(names.positionIds, positions, [1, rows]);
		}
		if (names.logitsToKeep !== undefined) {
			// 0 would mean all.
			const kept = [Math.max(1, logitRows)];
			feeds[names.logitsToKeep] = this.#integerTensor(names.logitsToKeep, kept, []);
		}
		if (names.useCacheBranch !== undefined) {
			feeds[names.useCacheBranch] = new this.#runtime.Tensor("bool", [past > 0], [1]);
		}
		return feeds;
	}

	#integerTensor(name: string, values: readonly number[], dims: readonly number[]): Tensor {
		return this.#integers.get(name) === "int32"
			? new this.#runtime.Tensor("int32", Int32Array.from(values), dims)
			: new this.#runtime.Tensor("int64", BigInt64Array.from(values, BigInt), dims);
	}

	/** The filled part of every cache without the room behind it, which these graphs don't know of: key 0, value 0, … */
	#pasts(cache: OrtKvCache): readonly Float32Array<ArrayBuffer>[] {
		const { kvHeads, headDim } = this.#shape;
		const headSize = cache.length * headDim;
		return Array.from({ length: 2 * this.layers }, (_, i) => {
			const past = new Float32Array(kvHeads * headSize);
			for (let head = 0; head < kvHeads; head++) {
				const part = i % 2 === 0 ? "key" : "value";
				past.set(cache.filled(part, Math.floor(i / 2), head), head * headSize);
			}
			return past;
		});
	}

	#wantedLogits(logits: Tensor | undefined, rows: number): Float32Array {
		if (rows === 0) {
			return new Float32Array(0);
		}
		const wanted = rows * this.#shape.vocabularySize;
		const data = logits?.data;
		if (
			!(data instanceof Float32Array) ||
			data.length < wanted ||
			logits?.dims.at(-1) !== this.#shape.vocabularySize
		) {
			throw new Error("it returned logits of another shape than the model's manifest says");
		}
		return data.subarray(data.length - wanted);
	}

	/** The last `rows` positions of whole caches. */
	#appended(presents: readonly (Tensor | undefined)[], past: number, rows: number): Float32Array {
		const { kvHeads, headDim } = this.#shape;
		const total = past + rows;
		const size = rows * headDim;
		const appended = new Float32Array(presents.length * kvHeads * size);
		for (const [i, present] of presents.entries()) {
			const data = present?.data;
			if (
				!(data instanceof Float32Array) ||
				present?.dims.join() !== [1, kvHeads, total, headDim].join()
			) {
				throw new Error("it returned keys and values of another shape than the manifest says");
			}
			for (let head = 0; head < kvHeads; head++) {
				const end = (head + 1) * total * headDim;
				appended.set(data.subarray(end - size, end), (i * kvHeads + head) * size);
			}
		}
		return appended;
	}
}

/**
 * A backend for graphs that take whole caches and return them. What a pass adds is cut out and appended to the same
 * cache as everywhere, so that rewinding, growing and snapshots are what they are with Mote's own graphs.
 */
class ExportedBackend extends SerialBackend<OrtKvCache> {
	readonly stopsWithinPass = false;
	readonly #graph: ExportedSession;
	readonly #shape: KvShape;
	readonly #rules: PassRules;

	constructor(graph: ExportedSession, { manifest, names }: ExportedBackendOptions) {
		const { vocabularySize, layers, kvHeads, headDim } = manifest;
		const shape = { ...manifest, kvCache: "float32" } as const;
		super(OrtKvCache, {
			vocabularySize,
			contextLength: Math.min(manifest.contextLength, maxKvPositions(shape)),
			kvLayout: {
				id: `onnxruntime-node ${graph.runtimeVersion}, exported graph, float32 ${layers}x2x${kvHeads}xNx${headDim}`,
				prefixBytes: (length) => length * kvBytesPerPosition(shape),
			},
		});
		this.#graph = graph;
		this.#shape = { ...shape, contextLength: this.contextLength };
		this.#rules = {
			vocabularySize,
			logitRows: names.logitsToKeep === undefined ? names.logitRows : "wanted",
			isSingleBehindPast: names.useCacheBranch !== undefined,
		};
	}

	createKvCache(capacity: number): OrtKvCache {
		return new OrtKvCache(this.#shape, capacity, this.#graph.createTensor);
	}

	async dispose(): Promise<void> {
		await this.#graph.release();
	}

	protected async run(
		cache: OrtKvCache,
		tokens: readonly TokenId[],
		logitRows: number,
	): Promise<Logits> {
		const before = cache.length;
		try {
			const passes = planPasses(before, tokens.length, logitRows, this.#rules);
			return this.#logits(await this.#run(cache, tokens, passes));
		} catch (error) {
			cache.rewindTo(before);
			throw error;
		}
	}

	protected faultOf(error: unknown): EngineError {
		return runtimeError("ONNX Runtime could not run the model", error);
	}

	/** The wanted logits of each pass. */
	async #run(
		cache: OrtKvCache,
		tokens: readonly TokenId[],
		passes: readonly Pass[],
	): Promise<readonly Float32Array[]> {
		const logits: Float32Array[] = [];
		let done = 0;
		for (const pass of passes) {
			const part = tokens.slice(done, done + pass.tokens);
			const result = await this.#graph.run(cache, part, pass.logitRows);
			cache.append(result.appended, pass.tokens);
			logits.push(result.logits);
			done += pass.tokens;
		}
		return logits;
	}

	#logits(parts: readonly Float32Array[]): Logits {
		const { vocabularySize } = this;
		const rows = parts.flatMap((part) =>
			Array.from({ length: part.length / vocabularySize }, (_, row) =>
				part.subarray(row * vocabularySize, (row + 1) * vocabularySize),
			),
		);
		return {
			rows: rows.length,
			row: (index) => {
				const row = rows[index];
				assert(row !== undefined, "a row that was asked for");
				return row;
			},
		};
	}
}

/** The runtime checks types and shapes itself on every pass; wrong names it would report one by one. */
function checkNames(session: InferenceSession, names: ExportedGraph, layers: number): void {
	const { inputIds, attentionMask, positionIds, logitsToKeep, useCacheBranch } = names;
	const inputs = [inputIds, attentionMask, positionIds, logitsToKeep, useCacheBranch];
	const outputs = [names.logits];
	for (let layer = 0; layer < layers; layer++) {
		inputs.push(layerName(names.pastKey, layer), layerName(names.pastValue, layer));
		outputs.push(layerName(names.presentKey, layer), layerName(names.presentValue, layer));
	}
	const unknown = session.inputNames.filter((name) => !inputs.includes(name));
	const missing = [
		...inputs.filter((name) => name !== undefined && !session.inputNames.includes(name)),
		...outputs.filter((name) => !session.outputNames.includes(name)),
	];
	if (unknown.length > 0 || missing.length > 0) {
		const said = [...unknown.map((name) => `wants ${name}`), ...missing.map((n) => `lacks ${n}`)];
		throw new Error(`its graph ${said.slice(0, 3).join(", ")}, against what its manifest says`);
	}
}
