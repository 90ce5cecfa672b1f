import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import path from "node:path";
import { promisify } from "node:util";
import * as z from "zod";
import { runUnshared } from "../../src/evaluation/namespaces.ts";
import { hangMs } from "../../test/support/hangGuard.ts";
import { networkReading, NetworkWatch, type WatchedNetwork } from "./networkWatch.ts";

/** Whether what a run sends can be counted. */
export const networkAccessSchema = z.discriminatedUnion("kind", [
	z.object({
		kind: z.literal("own"),
		/** Kinds of attempts that were made in another such network and counted. */
		counted: z.array(z.string()).min(1).readonly(),
		/** Kinds that weren't: a system without IPv6 has none to count. */
		blind: z.array(z.string()).readonly(),
	}),
	z.object({ kind: z.literal("shared"), why: z.string().min(1) }),
]);
export type NetworkAccess = z.infer<typeof networkAccessSchema>;

/** What a run did in networks, or why that isn't known. */
export type NetworkFindings =
	| (WatchedNetwork & Extract<NetworkAccess, { kind: "own" }>)
	| Extract<NetworkAccess, { kind: "shared" }>;

/** What `networkTrial.ts` prints. */
export const trialSchema = z.object({
	attempts: z.array(z.object({ kind: z.string(), isCounted: z.boolean() })),
});
export type Trial = z.infer<typeof trialSchema>;

/**
 * Tries whether attempts to leave are counted in a network of this kind, by making some of each kind in one that is thrown away.
 *
 * @param options of `unshare`, which make the network
 */
export async function tryNetwork(options: readonly string[]): Promise<NetworkAccess> {
	const trial = path.join(import.meta.dirname, "networkTrial.ts");
	const end = await runUnshared(options, [process.execPath, ...typeOptions, trial], hangMs);
	return end.kind === "failed" ? { kind: "shared", why: end.why } : accessAfter(end.stdout);
}

/** Of what the trial printed. */
export function accessAfter(printed: string): NetworkAccess {
	const { attempts } = trialSchema.parse(JSON.parse(printed));
	const kinds = (isCounted: boolean): string[] =>
		attempts.filter((attempt) => attempt.isCounted === isCounted).map(({ kind }) => kind);
	return kinds(true).length === 0
		? { kind: "shared", why: "this system doesn't count attempts to leave such a network" }
		: { kind: "own", counted: kinds(true), blind: kinds(false) };
}

/** As package.json has it, without the warning on the standard error that would look like a reason. */
const typeOptions = ["--experimental-transform-types", "--disable-warning=ExperimentalWarning"];

/**
 * Only in a network of one's own. While its loopback is down, the kernel refuses IPv6 for lack of an address, before it looks for a
 * way and counts that there is none.
 */
export async function bringUpLoopback(): Promise<void> {
	const { env } = process;
	// Not on everybody's path, but it isn't only the administrator's.
	const searched = [env["PATH"], "/usr/sbin", "/sbin"].filter((part) => part !== undefined);
	await promisify(execFile)("ip", ["link", "set", "lo", "up"], {
		env: { ...env, PATH: searched.join(":") },
	});
}

/** The network of a run. */
export interface RunNetwork {
	/** What is new since the last look is put down to `during`. */
	readonly look: (during: string) => void;
	readonly findings: () => NetworkFindings;
}

/** From now on; in the process whose network it is. */
export async function followNetwork(access: NetworkAccess): Promise<RunNetwork> {
	if (access.kind === "shared") {
		return { look: () => undefined, findings: () => access };
	}
	await bringUpLoopback();
	const watch = watchNetwork();
	return {
		look: (during) => {
			watch.look(during);
		},
		findings: () => ({ ...access, ...watch.watched }),
	};
}

/** Of the network that this process is in, from now on. */
export function watchNetwork(): NetworkWatch {
	return new NetworkWatch(() => networkReading(readOfNetwork));
}

function readOfNetwork(name: string): string | undefined {
	try {
		return readFileSync(`/proc/self/net/${name}`, "utf8");
	} catch (error) {
		if (error instanceof Error && "code" in error && error.code === "ENOENT") {
			return undefined;
		}
		throw error;
	}
}
