import { SocketAddress } from "node:net";

/**
 * What the kernel has counted in one network namespace since there is one, of all processes that were ever in it, those of
 * IPv4 and IPv6 added up.
 */
export interface NetworkCounts {
	/** TCP connections that were begun, whether or not anybody answered. */
	readonly connectionsOpened: number;
	/** TCP connections of others that were taken. */
	readonly connectionsTaken: number;
	/** Of UDP. */
	readonly datagramsSent: number;
	/** Attempts, of TCP and UDP, for which there was no way to where they wanted to go. */
	readonly withoutRoute: number;
	/** IP packets, of whatever protocol. */
	readonly packetsSent: number;
	/** What interfaces have sent, those of other protocols than IP too. */
	readonly framesSent: number;
}

/** All of these are to be 0. */
export const countNames: Readonly<Record<keyof NetworkCounts, string>> = {
	connectionsOpened: "connections opened",
	connectionsTaken: "connections taken",
	datagramsSent: "datagrams sent",
	withoutRoute: "attempts that found no way out",
	packetsSent: "IP packets sent",
	framesSent: "frames sent",
};

/** Files of /proc/net that list sockets in the same layout. */
export const socketLists = ["tcp", "tcp6", "udp", "udp6", "raw", "raw6", "icmp", "icmp6"] as const;
export type SocketList = (typeof socketLists)[number];

/** What stands in files of /proc/net. */
export interface NetworkTexts {
	readonly snmp: string;
	/** Undefined where the system has no IPv6. */
	readonly snmp6: string | undefined;
	readonly dev: string;
}

/** Throws where a figure is missing: what isn't counted must not look like nothing. */
export function networkCounts({ snmp, snmp6, dev }: NetworkTexts): NetworkCounts {
	const four = snmpFigures(snmp);
	const six = snmp6 === undefined ? undefined : snmp6Figures(snmp6);
	const ofSix = (name: string): number => (six === undefined ? 0 : figureOf(six, name));
	return {
		// Of TCP there is one table for both.
		connectionsOpened: figureOf(four, "Tcp ActiveOpens"),
		connectionsTaken: figureOf(four, "Tcp PassiveOpens"),
		datagramsSent: figureOf(four, "Udp OutDatagrams") + ofSix("Udp6OutDatagrams"),
		withoutRoute: figureOf(four, "Ip OutNoRoutes") + ofSix("Ip6OutNoRoutes"),
		packetsSent: figureOf(four, "Ip OutRequests") + ofSix("Ip6OutRequests"),
		framesSent: framesSent(dev),
	};
}

/** How much more `later` has. */
export function countsBetween(earlier: NetworkCounts, later: NetworkCounts): NetworkCounts {
	const more = (name: keyof NetworkCounts): number => later[name] - earlier[name];
	return {
		connectionsOpened: more("connectionsOpened"),
		connectionsTaken: more("connectionsTaken"),
		datagramsSent: more("datagramsSent"),
		withoutRoute: more("withoutRoute"),
		packetsSent: more("packetsSent"),
		framesSent: more("framesSent"),
	};
}

export function isNothing(counts: NetworkCounts): boolean {
	return Object.values(counts).every((count) => count === 0);
}

/** The sockets of one list, such as `tcp 127.0.0.1:80 → 0.0.0.0:0, LISTEN`. */
export function socketsOf(list: SocketList, text: string): readonly string[] {
	const [, ...lines] = text.split("\n").filter((line) => line.trim() !== "");
	return lines.map((line) => {
		const [, local, remote, state] = line.trim().split(/\s+/);
		if (local === undefined || remote === undefined || state === undefined) {
			throw new Error(`/proc/net/${list} has a line that is no socket's: ${line}`);
		}
		return `${list} ${addressOf(local)} → ${addressOf(remote)}, ${tcpStates[Number.parseInt(state, 16)] ?? state}`;
	});
}

/** By the numbers of the kernel's `tcp_states.h`, which other protocols use too: CLOSE is one that isn't connected. */
const tcpStates = [
	...["", "ESTABLISHED", "SYN_SENT", "SYN_RECV", "FIN_WAIT1", "FIN_WAIT2", "TIME_WAIT", "CLOSE"],
	...["CLOSE_WAIT", "LAST_ACK", "LISTEN", "CLOSING", "NEW_SYN_RECV"],
];

const hexDigitsOfWord = 8;

/** An address is printed as words of 32 bits, in the order of the bytes of all machines that this runs on; a port as it is. */
function addressOf(printed: string): string {
	const [hex = "", port = ""] = printed.split(":");
	const bytes = Buffer.from(hex, "hex");
	bytes.swap32();
	const family = hex.length === hexDigitsOfWord ? "ipv4" : "ipv6";
	const address =
		family === "ipv4" ? bytes.join(".") : (bytes.toString("hex").match(/.{4}/g) ?? []).join(":");
	const known = new SocketAddress({ address, family, port: Number.parseInt(port, 16) });
	return family === "ipv4" ? `${known.address}:${known.port}` : `[${known.address}]:${known.port}`;
}

/** Pairs of lines, names and figures. */
function snmpFigures(text: string): ReadonlyMap<string, number> {
	const figures = new Map<string, number>();
	const names = new Map<string, readonly string[]>();
	for (const line of text.split("\n")) {
		const [protocol = "", rest = ""] = line.split(": ");
		const words = rest.split(" ");
		const named = names.get(protocol);
		if (named === undefined) {
			names.set(protocol, words);
		} else {
			named.forEach((name, index) => figures.set(`${protocol} ${name}`, Number(words[index])));
		}
	}
	return figures;
}

/** A name and a figure a line. */
function snmp6Figures(text: string): ReadonlyMap<string, number> {
	return new Map(
		text.split("\n").map((line) => {
			const [name = "", figure] = line.trim().split(/\s+/);
			return [name, Number(figure)];
		}),
	);
}

const framesColumn = 9;

/** The second of the columns behind those of what was received, of each interface. */
function framesSent(text: string): number {
	const interfaces = text.split("\n").filter((line) => line.includes(":"));
	const frames = interfaces.map((line) => {
		const columns = line.slice(line.indexOf(":") + 1).trim();
		return Number(columns.split(/\s+/)[framesColumn]);
	});
	const sum = frames.reduce((total, count) => total + count, 0);
	if (interfaces.length === 0 || !Number.isSafeInteger(sum)) {
		throw new Error("/proc/net/dev doesn't tell how much was sent.");
	}
	return sum;
}

function figureOf(figures: ReadonlyMap<string, number>, name: string): number {
	const figure = figures.get(name);
	if (figure === undefined || !Number.isSafeInteger(figure)) {
		throw new Error(`The kernel doesn't tell “${name}”.`);
	}
	return figure;
}
