import type { RowSummary } from "../../tokenizer/rowSummary.ts";
import type { TokenId } from "../../tokenizer/tokenizer.ts";
import { PassStopped, type KvCache, type Logits } from "../backend.ts";
import { SerialBackend, type BackendFacts, type CacheClass } from "../serialBackend.ts";
import type { NativeDeviceSession, NativeSession } from "./addon.ts";

/** What is known of rows without reading them. */
export type Summaries = (index: number) => RowSummary;

/**
 * A model in a session of the addon. Passes run on threads of their own and can be stopped; whether on the processor or on a
 * device is what differs.
 */
export abstract class AddonBackend<
	Session extends NativeSession | NativeDeviceSession,
	Cache extends KvCache,
> extends SerialBackend<Cache> {
	readonly stopsWithinPass = true;
	protected readonly session: Session;
	/** Reused for every pass, as the interface allows. */
	#rows: Float32Array;

	protected constructor(session: Session, kvCacheClass: CacheClass<Cache>, facts: BackendFacts) {
		super(kvCacheClass, facts);
		this.session = session;
		this.#rows = new Float32Array(facts.vocabularySize);
	}

	/** Has the session run a pass. Resolves to whether it was done, and not stopped. */
	protected abstract runSession(
		cache: Cache,
		tokens: Int32Array,
		logitRows: number,
	): Promise<boolean>;

	/** Of the pass that was done last; undefined where whoever wants to know reads the rows. */
	protected abstract summaries(rows: number): Summaries | undefined;

	dispose(): Promise<void> {
		this.session.dispose();
		return Promise.resolve();
	}

	protected async run(
		cache: Cache,
		tokens: readonly TokenId[],
		logitRows: number,
		signal: AbortSignal | undefined,
	): Promise<Logits> {
		if (signal?.aborted === true) {
			throw new PassStopped();
		}
		const stop = (): void => {
			this.session.stop();
		};
		signal?.addEventListener("abort", stop);
		let isDone;
		try {
			this.#makeRoom(logitRows);
			isDone = await this.runSession(cache, Int32Array.from(tokens), logitRows);
		} finally {
			signal?.removeEventListener("abort", stop);
		}
		if (!isDone) {
			throw new PassStopped();
		}
		return this.#logits(logitRows);
	}

	#makeRoom(rows: number): void {
		if (this.#rows.length < rows * this.vocabularySize) {
			this.#rows = new Float32Array(rows * this.vocabularySize);
		}
	}

	#logits(rows: number): Logits {
		const room = this.logitsIn(this.#rows, rows);
		const summary = this.summaries(rows);
		return {
			rows,
			row: (index) => {
				const row = room.row(index);
				this.session.readLogits(index, row);
				return row;
			},
			...(summary !== undefined && { summary }),
		};
	}
}
