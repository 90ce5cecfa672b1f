import PQueue from "p-queue";

/** Runs `load` when those before it are done. Rejects as `load` does. */
export type LoadInTurn = <Value>(load: () => Promise<Value>) => Promise<Value>;

/**
 * Has large models loaded one after the other: what a model needs is held against memory that the one before it has taken
 * already, not against what both still see as free.
 */
export function loadTurns(): LoadInTurn {
	const queue = new PQueue({ concurrency: 1 });
	return (load) => queue.add(load);
}

/**
 * Runs `load` in its turn, or at once without turns. Undefined when `stopped` resolves before that; a load that has begun is
 * waited for, and sees to its end itself.
 */
export async function inTurn<Value>(
	loadInTurn: LoadInTurn | undefined,
	stopped: Promise<unknown>,
	load: () => Promise<Value>,
): Promise<Value | undefined> {
	if (loadInTurn === undefined) {
		return await load();
	}
	const turn: { state: "waits" | "came" | "passed" } = { state: "waits" };
	const comes = loadInTurn(() => {
		if (turn.state === "passed") {
			return Promise.resolve(undefined);
		}
		turn.state = "came";
		return load();
	});
	await Promise.race([comes, stopped]);
	if (turn.state === "waits") {
		turn.state = "passed";
		return undefined;
	}
	return await comes;
}
