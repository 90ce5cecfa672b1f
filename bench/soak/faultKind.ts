import type { Dice } from "./dice.ts";

/** What is done to Mote while somebody types. */
export const faultKinds = [
	/** SIGKILL for the engine's process, as a system does that is short of memory. */
	"engineKilled",
	/** SIGSTOP for the engine's process, keys, SIGCONT: as a laptop whose lid is closed. */
	"engineSuspended",
	/** Nothing can be written any more where Mote keeps things. */
	"diskFull",
	/** Bytes of the index's database are others, or its end is gone, while it is open or between two windows. */
	"indexDamaged",
	/** The same of a KV cache on the disk. */
	"kvCacheDamaged",
	/** The same of what was learned of the repository. */
	"learnedDamaged",
	/** Files of the model are gone or cut short, and its process too; then they are put back. */
	"modelMoved",
	/** Hours pass at once, and files were written long ago, or will be. */
	"clockJumped",
	/** 200 edits in a second, each asked about. */
	"burst",
	/** The window is closed and opened again. */
	"windowClosed",
] as const;

export type FaultKind = (typeof faultKinds)[number];

/** In so many faults each kind comes at least once; the rest are kills of the engine. */
const blockLength = 2 * faultKinds.length;

/** Endless, and the same for the same dice. In any {@link blockLength} that begin at a multiple of it there is one of each kind at least. */
export function* faultsOf(dice: Dice, left: readonly FaultKind[]): Generator<FaultKind, never> {
	for (;;) {
		const wanted = faultKinds.filter((kind) => !left.includes(kind));
		const kills = Array.from(
			{ length: blockLength - wanted.length },
			(): FaultKind => "engineKilled",
		);
		yield* dice.shuffled([...wanted, ...kills]);
	}
}
