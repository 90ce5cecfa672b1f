/** What keeps KV caches from taking the machine's last memory. */
export interface MemoryCeiling {
	/** Measures the memory that is free now, in bytes; undefined where nobody knows. */
	readonly freeBytes: () => number | undefined;
	/** All caches together are never asked about below this, so that no keystroke waits for a measurement. */
	readonly uncheckedBytes: number;
	/** Caches are measured again when they have grown by so much. */
	readonly stepBytes: number;
	/** For everybody else on the machine: a system without any free memory ends programs, and seldom the right one. */
	readonly spareBytes: number;
}

/** 256 MB is what a small model's caches take at most; half a gigabyte is what stays free at the pre-flight too. */
export function ceilingOf(freeBytes: () => number | undefined): MemoryCeiling {
	return {
		freeBytes,
		uncheckedBytes: 256 * 2 ** 20,
		stepBytes: 64 * 2 ** 20,
		spareBytes: 512 * 2 ** 20,
	};
}

/** How much has to be given up before `bytes` more, and a step behind them, may be taken. Pure. */
export function missingBytes(
	{ stepBytes, spareBytes }: Pick<MemoryCeiling, "stepBytes" | "spareBytes">,
	bytes: number,
	freeBytes: number,
): number {
	return Math.max(0, bytes + stepBytes + spareBytes - freeBytes);
}
