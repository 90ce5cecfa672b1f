import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import * as z from "zod";
import { runUnshared } from "../../src/evaluation/namespaces.ts";
import { hangMs } from "../../test/support/hangGuard.ts";
import { networkAccessSchema, tryNetwork, type NetworkAccess } from "./ownNetwork.ts";
import { runVariable } from "./processes.ts";

/** What the inner process is told by its environment. */
export const startedSchema = z.object({
	/** The name of all processes of the run. */
	[runVariable]: z.uuid(),
	/** Absolute; for everything of the run. */
	MOTE_SOAK_ROOT: z.string(),
	/** Whether it may mount disks that nobody else sees. */
	MOTE_SOAK_DISK: z.enum(["own", "none"]),
	/** Whether it is in a network in which nobody else is. */
	MOTE_SOAK_NETWORK: z
		.string()
		.transform((text): unknown => JSON.parse(text))
		.pipe(networkAccessSchema),
});
export type Started = z.infer<typeof startedSchema>;

/** What this system lets a run have for itself. */
export interface Surroundings {
	/** Of `unshare`; none where there is nothing to be had. */
	readonly options: readonly string[];
	readonly hasDisk: boolean;
	readonly network: NetworkAccess;
}

/** No privilege is needed for them. */
const withDisk = ["--user", "--map-root-user", "--mount"] as const;
export const withDiskAndNetwork = [...withDisk, "--net"] as const;

export async function findSurroundings(): Promise<Surroundings> {
	const network = await tryNetwork(withDiskAndNetwork);
	if (network.kind === "own") {
		return { options: withDiskAndNetwork, hasDisk: true, network };
	}
	const hasDisk = (await runUnshared(withDisk, ["true"], hangMs)).kind === "ended";
	return { options: hasDisk ? withDisk : [], hasDisk, network };
}

/**
 * Runs this program again with a name for all of its processes, in what it may have for itself.
 *
 * @returns its exit status
 */
export async function runInside(
	root: string,
	{ options, hasDisk, network }: Surroundings,
): Promise<number> {
	const again = [process.execPath, ...process.execArgv, ...process.argv.slice(1)];
	const [command = process.execPath, ...args] = [
		...(options.length === 0 ? [] : ["unshare", ...options]),
		...again,
	];
	const started: Readonly<Record<keyof Started, string>> = {
		[runVariable]: randomUUID(),
		MOTE_SOAK_ROOT: root,
		MOTE_SOAK_DISK: hasDisk ? "own" : "none",
		MOTE_SOAK_NETWORK: JSON.stringify(network),
	};
	const inner = spawn(command, args, {
		// The channel tells it when this process is gone.
		stdio: ["inherit", "inherit", "inherit", "ipc"],
		env: { ...loudEnvironment(), ...started },
	});
	for (const name of ["SIGINT", "SIGTERM"] as const) {
		// Not before the inner one is gone: what it has is deleted here.
		process.once(name, () => inner.kill(name));
	}
	return await new Promise((resolve, reject) => {
		inner.once("error", reject);
		inner.once("close", (code) => resolve(code ?? 1));
	});
}

/**
 * By these ONNX Runtime takes a machine for one that only builds or tests, or is told to send nothing (`telemetry_environment.h`). A
 * run has none of them: it is to show what the engine does on the machine of somebody who works.
 */
const hushingVariables: readonly string[] = [
	...["CI", "TF_BUILD", "GITHUB_ACTIONS", "GITLAB_CI", "CIRCLECI", "TRAVIS", "JENKINS_URL"],
	...["CODEBUILD_BUILD_ID", "BUILDKITE", "TEAMCITY_VERSION", "APPVEYOR", "BITBUCKET_BUILD_NUMBER"],
	...["SYSTEM_TEAMFOUNDATIONCOLLECTIONURI", "ORT_RUNNING_UNIT_TESTS", "ORT_DISABLE_TELEMETRY"],
];

function loudEnvironment(): NodeJS.ProcessEnv {
	return Object.fromEntries(
		Object.entries(process.env).filter(([name]) => !hushingVariables.includes(name)),
	);
}
