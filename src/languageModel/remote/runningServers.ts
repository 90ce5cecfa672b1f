import type { Clock } from "../../base/clock.ts";
import { TimeLimits, type TimeLimitsMs } from "../../base/network/timeLimits.ts";
import { guardedFetch, type Fetch } from "./guardedFetch.ts";
import { modelList } from "./modelList.ts";
import { parseServerAddress } from "./serverAddress.ts";
import type { ListedModel } from "./serverFacts.ts";
import { kindFromOwner, type ServerKind } from "./serverKind.ts";

/** A server that runs on this machine and that nobody has named yet. */
export interface RunningServer {
	readonly kind: ServerKind;
	/** What people call it. */
	readonly name: string;
	/** As a setting takes it. */
	readonly address: string;
	/** Those that write text; none where it has none yet. */
	readonly models: readonly ListedModel[];
}

interface UsualPlace {
	readonly port: number;
	readonly kind: ServerKind;
	readonly name: string;
	/** Whether other programs use the port as well: its answer has to say what it is. */
	readonly isShared: boolean;
}

/** The ports that these servers take unless told otherwise. 8080 is everybody's. */
const usualPlaces: readonly UsualPlace[] = [
	{ port: 11_434, kind: "ollama", name: "Ollama", isShared: false },
	{ port: 1234, kind: "lmstudio", name: "LM Studio", isShared: false },
	{ port: 8080, kind: "llama.cpp", name: "llama.cpp", isShared: true },
];

/** Somebody looks at a list meanwhile. What runs here answers in a few milliseconds, unless it is very busy. */
const limitsMs: TimeLimitsMs = { firstByte: 1000, betweenChunks: 1000, total: 2000 };

export interface RunningServersOptions {
	readonly fetch: Fetch;
	readonly clock: Clock;
	readonly signal: AbortSignal;
	/** Where tests have their servers; the usual ports otherwise. */
	readonly ports?: Readonly<Partial<Record<ServerKind, number>>>;
}

/**
 * Asks 127.0.0.1, and nothing else, whether one of the usual servers runs there and which models it has. Called when a
 * person wants to choose, never by itself. Never rejects: what doesn't answer as these servers do isn't one of them.
 */
export async function findRunningServers(
	options: RunningServersOptions,
): Promise<readonly RunningServer[]> {
	const found = await Promise.all(usualPlaces.map((place) => ask(place, options)));
	return found.flatMap((server) => server ?? []);
}

async function ask(
	{ kind, name, port, isShared }: UsualPlace,
	{ fetch, clock, signal, ports }: RunningServersOptions,
): Promise<RunningServer | undefined> {
	const address = parseServerAddress(`http://127.0.0.1:${ports?.[kind] ?? port}/v1`);
	const limits = new TimeLimits(clock, limitsMs, [signal]);
	try {
		// Without a key, without redirects, and no more of it than a list can be.
		const bounded = guardedFetch({ fetch, address, key: undefined, limits, streams: false });
		const response = await bounded(`${address.base}/models`, { signal: limits.signal });
		if (!response.ok) {
			return undefined;
		}
		const listed = modelList(await response.json());
		const owned = listed?.map(({ owner }) => kindFromOwner(owner)) ?? [];
		if (listed === undefined || (isShared && !owned.includes(kind))) {
			return undefined;
		}
		const models = listed
			.filter(({ writes }) => writes)
			.map(({ id, contextTokens }) => ({ id, contextTokens }));
		return { kind, name, address: address.base, models };
	} catch {
		// Nothing listens there, or something else does: both are the usual case.
		return undefined;
	} finally {
		limits.close();
	}
}
