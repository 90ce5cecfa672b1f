/**
 * Tries in each way to leave a network of its own and prints which attempts were counted there. Runs in one that is thrown away
 * afterwards; see `tryNetwork`.
 */
import { createSocket } from "node:dgram";
import { lookup } from "node:dns/promises";
import { once } from "node:events";
import { connect } from "node:net";
import { bringUpLoopback, watchNetwork, type Trial } from "./ownNetwork.ts";

/** Kept for documentation by RFC 5737 and RFC 3849: nobody is there, wherever this runs. */
const addresses = { four: "192.0.2.1", six: "2001:db8::1" };

/** Is never anybody's, by RFC 6761. */
const name = "mote.invalid";

const port = 443;

const attempts: Readonly<Record<string, () => Promise<void>>> = {
	"TCP over IPv4": () => openConnection(addresses.four),
	"TCP over IPv6": () => openConnection(addresses.six),
	"UDP over IPv4": () => sendDatagram("udp4", addresses.four),
	"UDP over IPv6": () => sendDatagram("udp6", addresses.six),
	"the look-up of a name": async () => {
		await lookup(name);
	},
};

async function openConnection(host: string): Promise<void> {
	const socket = connect({ host, port });
	try {
		await once(socket, "connect");
	} finally {
		socket.destroy();
	}
}

async function sendDatagram(family: "udp4" | "udp6", host: string): Promise<void> {
	const socket = createSocket(family);
	try {
		await new Promise<void>((resolve, reject) => {
			socket.once("error", reject);
			socket.send("mote", port, host, (error) => (error === null ? resolve() : reject(error)));
		});
	} finally {
		socket.close();
	}
}

/** Where somebody is reached after all, the network isn't one to count in. */
async function isRefused(attempt: () => Promise<void>): Promise<boolean> {
	try {
		await attempt();
		return false;
	} catch {
		return true;
	}
}

await bringUpLoopback();
const watch = watchNetwork();
const refused = new Map<string, boolean>();
for (const [kind, attempt] of Object.entries(attempts)) {
	refused.set(kind, await isRefused(attempt));
	watch.look(kind);
}
const { increases } = watch.watched;
const trial: Trial = {
	attempts: [...refused].map(([kind, wasRefused]) => ({
		kind,
		isCounted: wasRefused && increases.some(({ during }) => during === kind),
	})),
};
console.log(JSON.stringify(trial));
