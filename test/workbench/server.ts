/**
 * Starts a real VS Code, code-server, on this machine's loopback interface. Used by the tests and by
 * `npm start` where there is no desktop VS Code.
 */
import { spawn, type ChildProcess, type ChildProcessByStdio } from "node:child_process";
import { createWriteStream } from "node:fs";
import { cp, mkdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { hangMs } from "../support/hangGuard.ts";

export const repositoryRoot = path.resolve(import.meta.dirname, "../..");

const codeServer = path.join(import.meta.dirname, "node_modules/code-server/out/node/entry.js");

/** For what the server ends when it is told to; an extension host that doesn't end is no longer waited for. */
const endMs = 120_000;

export interface WorkbenchOptions {
	/** Holds user data, installed extensions and the log; give each run a fresh one. */
	readonly dataFolder: string;
	/**
	 * "tests", by default: with everything off that moves by itself. "user": as a new user has it; what would ask the
	 * network is off.
	 */
	readonly settings?: "tests" | "user";
	/** Added to these. */
	readonly userSettings?: Readonly<Record<string, unknown>>;
	/** Those that belong to the machine that the editor's server runs on. */
	readonly machineSettings?: Readonly<Record<string, unknown>>;
	/** Added to the environment of the editor and its extensions. */
	readonly environment?: Readonly<Record<string, string>>;
	/** Lets a page run an extension's tests; see hostTests.ts. */
	readonly enableTestDriver?: boolean;
}

export interface Workbench {
	/** Host and port. */
	readonly authority: string;
	readonly logFile: string;
	stop(): Promise<void>;
}

export async function startWorkbench(options: WorkbenchOptions): Promise<Workbench> {
	await prepareDataFolder(options);
	const logFile = path.join(options.dataFolder, "server.log");
	const log = createWriteStream(logFile);
	const server = spawn(
		process.execPath,
		[
			codeServer,
			...baseArguments(options.dataFolder),
			// Any free port, which the log says: one that was free a moment ago may be somebody else's now.
			...["--auth", "none", "--bind-addr", "127.0.0.1:0"],
			...["--disable-workspace-trust", "--disable-getting-started-override"],
			...["--ignore-last-opened", "--disable-proxy"],
			...(options.enableTestDriver === true ? ["--vscode-option", "enable-smoke-test-driver"] : []),
		],
		{
			env: {
				...environment(),
				// Models that are installed, and what the engine keeps, are those of the run alone.
				XDG_CACHE_HOME: path.join(options.dataFolder, "cache"),
				...options.environment,
			},
			stdio: ["ignore", "pipe", "pipe"],
		},
	);
	server.stdout.pipe(log);
	server.stderr.pipe(log);
	const authority = await listeningAuthority(server, logFile);
	return { authority, logFile, stop: () => stop(server) };
}

/** Installs a packaged extension for the servers that use the same data folder. */
export async function installExtension(dataFolder: string, vsix: string): Promise<void> {
	await mkdir(dataFolder, { recursive: true });
	await writeFile(path.join(dataFolder, "config.yaml"), "");
	const installer = spawn(
		process.execPath,
		[codeServer, ...baseArguments(dataFolder), "--install-extension", vsix],
		{ env: environment(), stdio: ["ignore", "pipe", "pipe"] },
	);
	let output = "";
	installer.stdout.on("data", (data) => (output += String(data)));
	installer.stderr.on("data", (data) => (output += String(data)));
	const code = await new Promise((resolve) => installer.on("close", resolve));
	if (code !== 0 || !output.includes("was successfully installed")) {
		throw new Error(`The editor did not install ${vsix}:\n${output}`);
	}
}

function baseArguments(dataFolder: string): string[] {
	return [
		...["--config", path.join(dataFolder, "config.yaml")],
		...["--user-data-dir", path.join(dataFolder, "data")],
		...["--extensions-dir", path.join(dataFolder, "extensions")],
		...["--disable-telemetry", "--disable-update-check"],
	];
}

function environment(): NodeJS.ProcessEnv {
	return {
		...process.env,
		// No marketplace: nothing here may ask the network for anything.
		EXTENSIONS_GALLERY: '{"serviceUrl":""}',
		// Set by an editor's terminal, it would make code-server hand over to that editor and end.
		VSCODE_IPC_HOOK_CLI: undefined,
	};
}

async function prepareDataFolder(options: WorkbenchOptions): Promise<void> {
	await mkdir(path.join(options.dataFolder, "data/User"), { recursive: true });
	await mkdir(path.join(options.dataFolder, "extensions"), { recursive: true });
	await writeFile(path.join(options.dataFolder, "config.yaml"), "");
	const baseFile = options.settings === "user" ? "startSettings.json" : "testSettings.json";
	const base: unknown = JSON.parse(
		await readFile(path.join(import.meta.dirname, baseFile), "utf8"),
	);
	await writeFile(
		path.join(options.dataFolder, "data/User/settings.json"),
		JSON.stringify(Object.assign({}, base, options.userSettings), undefined, 2),
	);
	await mkdir(path.join(options.dataFolder, "data/Machine"), { recursive: true });
	await writeFile(
		path.join(options.dataFolder, "data/Machine/settings.json"),
		JSON.stringify(options.machineSettings ?? {}, undefined, 2),
	);
}

/** Host and port, once the server takes connections there. */
async function listeningAuthority(
	server: ChildProcessByStdio<null, Readable, Readable>,
	logFile: string,
): Promise<string> {
	const lines = createInterface({ input: server.stdout });
	const guard = setTimeout(() => lines.close(), hangMs);
	try {
		for await (const line of lines) {
			const authority = /HTTP server listening on http:\/\/(127\.0\.0\.1:\d+)/.exec(line)?.[1];
			if (authority !== undefined) {
				return authority;
			}
		}
	} finally {
		clearTimeout(guard);
		// Reading lines has ended, which pauses the stream for the log, too.
		server.stdout.resume();
	}
	await stop(server);
	throw new Error(`The editor's server did not start; its output is in ${logFile}.`);
}

/** Asks first: the server ends its extension hosts, which end their engines. */
async function stop(server: ChildProcess): Promise<void> {
	if (server.exitCode !== null || server.signalCode !== null) {
		return;
	}
	const closed = new Promise((resolve) => server.once("close", resolve));
	server.kill("SIGTERM");
	const killTimer = setTimeout(() => server.kill("SIGKILL"), endMs);
	await closed;
	clearTimeout(killTimer);
}

/** A fresh copy of the sample workspace, so that nobody's typing changes the repository. */
export async function copySampleWorkspace(target: string): Promise<void> {
	await cp(path.join(repositoryRoot, "test/fixtures/sample-workspace"), target, {
		recursive: true,
	});
}
