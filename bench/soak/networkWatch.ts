import {
	countsBetween,
	isNothing,
	networkCounts,
	socketLists,
	socketsOf,
	type NetworkCounts,
} from "./networkCounts.ts";

/** What one look at a network tells. */
export interface NetworkReading {
	readonly counts: NetworkCounts;
	/** Of IP, whatever their state. */
	readonly sockets: readonly string[];
}

/** What was done in a network between two looks. */
export interface NetworkIncrease {
	readonly during: string;
	readonly counts: NetworkCounts;
}

export interface WatchedNetwork {
	readonly looks: number;
	/** From the first look to the last. */
	readonly counts: NetworkCounts;
	/** Those that aren't nothing, in order. */
	readonly increases: readonly NetworkIncrease[];
	/** All that were ever seen, each once. */
	readonly sockets: readonly string[];
}

/**
 * Follows what is done in a network. What was done is complete, since the kernel counts it; which sockets there were isn't, since
 * one may come and go between two looks.
 */
export class NetworkWatch {
	readonly #read: () => NetworkReading;
	readonly #first: NetworkCounts;
	readonly #increases: NetworkIncrease[] = [];
	readonly #sockets: Set<string>;
	#last: NetworkCounts;
	#looks = 1;

	/** Looks for the first time. `read` may throw, then and later. */
	constructor(read: () => NetworkReading) {
		this.#read = read;
		const { counts, sockets } = read();
		this.#first = counts;
		this.#last = counts;
		this.#sockets = new Set(sockets);
	}

	get watched(): WatchedNetwork {
		return {
			looks: this.#looks,
			counts: countsBetween(this.#first, this.#last),
			increases: this.#increases,
			sockets: [...this.#sockets],
		};
	}

	/** What is new since the last look is put down to `during`. */
	look(during: string): void {
		const { counts, sockets } = this.#read();
		const increase = countsBetween(this.#last, counts);
		if (!isNothing(increase)) {
			this.#increases.push({ during, counts: increase });
		}
		for (const socket of sockets) {
			this.#sockets.add(socket);
		}
		this.#last = counts;
		this.#looks++;
	}
}

/**
 * @param read the text of a file of /proc/net in the network of this process, undefined where there is none; such a list is
 * of a protocol that the system doesn't have
 */
export function networkReading(read: (name: string) => string | undefined): NetworkReading {
	const counts = networkCounts({
		snmp: read("snmp") ?? "",
		snmp6: read("snmp6"),
		dev: read("dev") ?? "",
	});
	return { counts, sockets: socketLists.flatMap((list) => socketsOf(list, read(list) ?? "")) };
}
