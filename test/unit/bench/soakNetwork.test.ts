import { spawnSync } from "node:child_process";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { describe, expect, test } from "vitest";
import { isNothing, networkCounts, socketsOf } from "../../../bench/soak/networkCounts.ts";
import { networkSection, networkViolations } from "../../../bench/soak/networkReport.ts";
import {
	networkReading,
	NetworkWatch,
	type NetworkReading,
} from "../../../bench/soak/networkWatch.ts";
import { accessAfter, tryNetwork, type NetworkFindings } from "../../../bench/soak/ownNetwork.ts";
import { withDiskAndNetwork } from "../../../bench/soak/startInside.ts";
import { runUnshared } from "../../../src/evaluation/namespaces.ts";
import { hangMs } from "../../support/hangGuard.ts";

/**
 * Of Linux 6.18, from a namespace in which a connection and a datagram went through the loopback, and an attempt each over IPv4 and
 * IPv6 found no way out. Lines of other protocols, and most of snmp6, are left out.
 */
const recorded: Readonly<Record<string, string>> = {
	snmp: `Ip: Forwarding DefaultTTL InReceives InHdrErrors InAddrErrors ForwDatagrams InUnknownProtos InDiscards InDelivers OutRequests OutDiscards OutNoRoutes ReasmTimeout
Ip: 2 64 5 0 0 0 0 0 5 5 0 1 0
IcmpMsg: InType3 OutType3
IcmpMsg: 1 1
Tcp: RtoAlgorithm RtoMin RtoMax MaxConn ActiveOpens PassiveOpens AttemptFails EstabResets CurrEstab InSegs OutSegs RetransSegs InErrs OutRsts InCsumErrors
Tcp: 1 200 120000 -1 1 1 0 0 2 3 3 0 0 0 0
Udp: InDatagrams NoPorts InErrors OutDatagrams RcvbufErrors SndbufErrors InCsumErrors IgnoredMulti MemErrors
Udp: 0 1 0 1 0 0 0 0 0
`,
	snmp6: `Ip6InReceives                   	0
Ip6OutRequests                  	0
Ip6OutNoRoutes                  	1
Udp6OutDatagrams                	0
`,
	dev: `Inter-|   Receive                                                |  Transmit
 face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed
    lo:     258       5    0    0    0     0          0         0      258       5    0    0    0     0       0          0
`,
	tcp: `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode                                                     
   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 405901 1 0000000002a48a8f 100 0 0 10 0                    
   1: 0100007F:ECC6 0100007F:1F90 01 00000000:00000000 00:00000000 00000000     0        0 405902 2 00000000e0eb641d 20 0 0 10 -1                    
`,
	tcp6: `  sl  local_address                         remote_address                        st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 00000000000000000000000001000000:2328 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 405904 1 000000006aa2995a 100 0 0 10 0
`,
	udp: `   sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops            
 3584: 00000000:EC49 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 405907 2 0000000045247f81 0        
`,
};

const texts = {
	snmp: recorded["snmp"] ?? "",
	snmp6: recorded["snmp6"],
	dev: recorded["dev"] ?? "",
};

const nothing = {
	...{ connectionsOpened: 0, connectionsTaken: 0, datagramsSent: 0 },
	...{ withoutRoute: 0, packetsSent: 0, framesSent: 0 },
};

const tried = { kind: "own", counted: ["TCP over IPv4"], blind: [] } as const;

describe("what the kernel counts", () => {
	test("is added up of both kinds of IP", () => {
		expect(networkCounts(texts)).toEqual({
			...{ connectionsOpened: 1, connectionsTaken: 1, datagramsSent: 1 },
			...{ withoutRoute: 2, packetsSent: 5, framesSent: 5 },
		});
	});

	test("is that of IPv4 where there is no other", () => {
		expect(networkCounts({ ...texts, snmp6: undefined }).withoutRoute).toBe(1);
	});

	test("is no nothing where a figure is missing", () => {
		const without = (name: string): string => texts.snmp.replaceAll(` ${name}`, " Other");
		for (const name of [
			"ActiveOpens",
			"PassiveOpens",
			"OutDatagrams",
			"OutNoRoutes",
			"OutRequests",
		]) {
			expect(() => networkCounts({ ...texts, snmp: without(name) }), name).toThrow(name);
		}
		expect(() => networkCounts({ ...texts, snmp: "" })).toThrow("Tcp ActiveOpens");
		expect(() => networkCounts({ ...texts, snmp6: "Ip6OutRequests\t0" })).toThrow(
			"Udp6OutDatagrams",
		);
		expect(() => networkCounts({ ...texts, dev: "" })).toThrow("/proc/net/dev");
	});

	test("goes with the sockets that there are", () => {
		expect(networkReading((name) => recorded[name]).sockets).toEqual([
			"tcp 127.0.0.1:8080 → 0.0.0.0:0, LISTEN",
			"tcp 127.0.0.1:60614 → 127.0.0.1:8080, ESTABLISHED",
			"tcp6 [::1]:9000 → [::]:0, LISTEN",
			"udp 0.0.0.0:60489 → 0.0.0.0:0, CLOSE",
		]);
	});

	test("refuses a list that is none", () => {
		expect(() => socketsOf("tcp", "head\n  0: 0100007F:1F90")).toThrow("is no socket's");
	});
});

describe("a watched network", () => {
	function watchOf(...readings: readonly NetworkReading[]): NetworkWatch {
		const left = [...readings];
		return new NetworkWatch(() => {
			const reading = left.shift();
			if (reading === undefined) {
				throw new Error("nobody looks that often");
			}
			return reading;
		});
	}

	test("puts what is new down to what was done meanwhile, from its first look on", () => {
		const before = { ...nothing, withoutRoute: 7 };
		const after = { ...before, withoutRoute: 9, framesSent: 1 };
		const watch = watchOf(
			{ counts: before, sockets: [] },
			{ counts: before, sockets: [] },
			{ counts: after, sockets: ["tcp a", "udp b"] },
			{ counts: after, sockets: ["udp b"] },
		);
		for (const during of ["a quiet fault", "a loud fault", "the end"]) {
			watch.look(during);
		}
		const counts = { ...nothing, withoutRoute: 2, framesSent: 1 };
		expect(watch.watched).toEqual({
			...{ looks: 4, counts, increases: [{ during: "a loud fault", counts }] },
			sockets: ["tcp a", "udp b"],
		});
	});

	test("has nothing to complain of where nothing was done, and says how that was found out", () => {
		const watch = watchOf({ counts: nothing, sockets: [] });
		const findings: NetworkFindings = { ...tried, blind: ["TCP over IPv6"], ...watch.watched };
		expect(networkViolations(findings)).toEqual([]);
		const text = networkSection(findings).join("\n");
		expect(text).toContain("| connections opened | none | none |");
		expect(text).toContain("each was counted: TCP over IPv4.");
		expect(text).toContain("**Not counted on this system: TCP over IPv6.**");
		expect(text).not.toContain("during");
	});

	test("is a violation where anything was done", () => {
		const counts = { ...nothing, connectionsOpened: 1 };
		const increases = [{ during: "fault 3, burst", counts }];
		const findings = { ...tried, looks: 5, counts, increases, sockets: ["tcp a"] };
		expect(networkViolations(findings)).toEqual([
			"Something went to a network: 1 connections opened (during fault 3, burst: 1 connections opened).",
			"There were sockets of a network: tcp a.",
		]);
		const text = networkSection(findings).join("\n");
		expect(text).toContain("| connections opened | none | **1** |");
		expect(text).toContain("- during fault 3, burst: 1 connections opened\n- tcp a\n");
	});

	test("that isn't the run's own is not counted, which is none", () => {
		const findings: NetworkFindings = { kind: "shared", why: "this system has no unshare" };
		expect(networkSection(findings)).toContain("Not counted here: this system has no unshare.");
		expect(networkViolations(findings)).toEqual([]);
	});
});

describe("a trial", () => {
	const printed = (...isCounted: readonly boolean[]): string =>
		JSON.stringify({
			attempts: isCounted.map((is, index) => ({ kind: `kind ${index}`, isCounted: is })),
		});

	test("tells which kinds of attempts are counted", () => {
		expect(accessAfter(printed(true, false))).toEqual({
			...{ kind: "own", counted: ["kind 0"], blind: ["kind 1"] },
		});
	});

	test("that sees none of its attempts counted gives no network to count in", () => {
		expect(accessAfter(printed(false, false)).kind).toBe("shared");
	});
});

/** What this machine lets everybody have, asked in another way than the soak does: a loopback, and its address of IPv6. */
const probe = spawnSync(
	"unshare",
	[
		...withDiskAndNetwork,
		...["sh", "-c", "PATH=$PATH:/usr/sbin:/sbin ip link set lo up && cat /proc/net/if_inet6"],
	],
	{ encoding: "utf8" },
);
const isAllowed = probe.status === 0 || probe.stderr.includes("if_inet6");
const hasIPv6 = probe.status === 0 && probe.stdout !== "";

describe("a network of one's own", () => {
	test("counts every kind of attempt to leave that this machine has, or it is said why there is none", async () => {
		const access = await tryNetwork(withDiskAndNetwork);
		if (access.kind === "own") {
			expect(isAllowed).toBe(true);
			const versions = ["IPv4", ...(hasIPv6 ? ["IPv6"] : [])];
			expect(access.counted).toEqual(
				expect.arrayContaining(versions.flatMap((ip) => [`TCP over ${ip}`, `UDP over ${ip}`])),
			);
			expect(access.counted.filter((kind) => access.blind.includes(kind))).toEqual([]);
		} else {
			expect(isAllowed).toBe(false);
			expect(access.why).not.toBe("");
			expect(networkSection(access)).toContain(`Not counted here: ${access.why}.`);
		}
	});

	test("counts what a child of the run does that tries to connect, which is a violation", async () => {
		const source = (name: string): string =>
			JSON.stringify(
				pathToFileURL(path.join(import.meta.dirname, "../../../bench/soak", name)).href,
			);
		const child = "require('node:net').connect(443, '192.0.2.1').on('error', () => undefined)";
		const program = `
			import { spawnSync } from "node:child_process";
			import { followNetwork } from ${source("ownNetwork.ts")};
			import { networkViolations } from ${source("networkReport.ts")};
			const network = await followNetwork(${JSON.stringify(tried)});
			network.look("silence");
			const quiet = networkViolations(network.findings());
			spawnSync(process.execPath, ["-e", ${JSON.stringify(child)}]);
			network.look("a fault");
			console.log(JSON.stringify([quiet, networkViolations(network.findings())]));
		`;
		const types = ["--experimental-transform-types", "--disable-warning=ExperimentalWarning"];
		const command = [process.execPath, ...types, "--input-type=module", "--eval", program];
		const end = await runUnshared(withDiskAndNetwork, command, hangMs);
		const attempts = "1 attempts that found no way out";
		if (isAllowed) {
			expect(end.kind === "ended" ? JSON.parse(end.stdout) : end).toEqual([
				[],
				[`Something went to a network: ${attempts} (during a fault: ${attempts}).`],
			]);
		} else {
			expect(end.kind).toBe("failed");
		}
	});

	test("is refused with a reason", async () => {
		const end = await runUnshared(["--no-such-namespace"], ["true"], hangMs);
		expect(end.kind === "failed" && end.why).toMatch(/unshare/);
	});
});

test("nothing is what has no count", () => {
	expect(isNothing(nothing)).toBe(true);
	expect(isNothing({ ...nothing, framesSent: 1 })).toBe(false);
});
