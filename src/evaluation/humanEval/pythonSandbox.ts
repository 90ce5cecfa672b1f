import { execFile, spawn, type ChildProcess } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { Readable, type Writable } from "node:stream";
import { assert } from "../../base/assert.ts";
import type { Clock } from "../../base/clock.ts";
import { UserError } from "../../base/userError.ts";
import { runUnshared } from "../namespaces.ts";
import { programDriver, stoppedWord } from "./programDriver.ts";

export interface SandboxLimits {
	/** Of the processor: what a busy machine can't change. */
	readonly cpuSeconds: number;
	/** For a program that waits, in milliseconds. */
	readonly wallMs: number;
	/** Address space. */
	readonly memoryBytes: number;
}

/** Solutions take milliseconds and a few megabytes. */
export const defaultSandboxLimits: SandboxLimits = {
	cpuSeconds: 5,
	wallMs: 60_000,
	memoryBytes: 512 * 2 ** 20,
};

export type ProgramEnd =
	/** Came to its end: every assertion in it held. */
	| "passed"
	/** Ended otherwise: a syntax error, an exception (also for too much memory, or what is refused), an exit. */
	| "failed"
	/** Was ended, because it took too long. */
	| "stopped";

/** What keeps a program from the network and from other processes. */
export type Isolation =
	/** Namespaces of its own for network and processes, beside what Python itself refuses. */
	| "namespaces"
	/** Python's refusal alone: this system lets nobody have namespaces. */
	| "pythonOnly";

const namespaces = ["--user", "--map-root-user", "--net", "--ipc", "--pid", "--fork"];
const unshareOptions = [...namespaces, "--kill-child"];

const isolatedPython = ["-s", "-S", "-B"];
const probeTimeoutMs = 60_000;
const secretBytes = 32;

/**
 * Runs Python that nobody has read, one process each: on Linux, where the system allows namespaces, without network and
 * without sight of other processes; with limits of processor time, time and memory; from an empty folder. Python's audit
 * hooks refuse sockets, other programs, forks, and whatever changes a file. Reading files is not refused.
 *
 * It is made for what language models write, not for programs that are made to break out of it.
 */
export class PythonSandbox implements AsyncDisposable {
	readonly isolation: Isolation;
	readonly #python: string;
	readonly #folder: string;
	readonly #clock: Clock;
	readonly #limits: SandboxLimits;

	private constructor(
		python: string,
		isolation: Isolation,
		folder: string,
		clock: Clock,
		limits: SandboxLimits,
	) {
		this.#python = python;
		this.isolation = isolation;
		this.#folder = folder;
		this.#clock = clock;
		this.#limits = limits;
	}

	/**
	 * Throws a UserError: "pythonMissing" where there is no python3 of 3.9 or later on the path, "sandboxUnusable" where
	 * limits can't be set.
	 */
	static async open(
		clock: Clock,
		limits: SandboxLimits = defaultSandboxLimits,
	): Promise<PythonSandbox> {
		const python = await findPython();
		const isolation = (await canUnshare(python)) ? "namespaces" : "pythonOnly";
		const folder = await mkdtemp(path.join(tmpdir(), "mote-python-"));
		const sandbox = new PythonSandbox(python, isolation, folder, clock, limits);
		// Systems differ in which limits they take. Without this every answer would count as wrong there.
		if ((await sandbox.run("pass")) !== "passed") {
			await sandbox[Symbol.asyncDispose]();
			throw new UserError(
				"sandboxUnusable",
				"This system doesn't let python3 limit itself, so programs can't be tested on it; use Linux.",
			);
		}
		return sandbox;
	}

	/** A program passes when it comes to its end; nothing that it prints, and no exit code, makes it pass. */
	async run(program: string): Promise<ProgramEnd> {
		const secret = randomBytes(secretBytes).toString("hex");
		const child = this.#spawn();
		const over = new AbortController();
		const exited = new Promise<NodeJS.Signals | null>((resolve, reject) => {
			child.process.once("error", reject);
			child.process.once("close", (_code, signal) => {
				resolve(signal);
			});
		});
		// A process that ends before it has read everything is no fault of ours.
		child.input.on("error", () => undefined);
		child.input.end(`${secret}\n${program.toWellFormed()}`);
		const told = readUpTo(child.told, secret.length);
		void this.#clock.sleep(this.#limits.wallMs, over.signal).then(() => {
			if (!over.signal.aborted) {
				kill(child.process);
			}
		});
		try {
			const signal = await exited;
			const word = await told;
			if (word === secret) {
				return "passed";
			}
			return signal !== null || word === stoppedWord ? "stopped" : "failed";
		} finally {
			over.abort();
		}
	}

	async [Symbol.asyncDispose](): Promise<void> {
		await rm(this.#folder, { recursive: true, force: true });
	}

	#spawn(): {
		readonly process: ChildProcess;
		readonly input: Writable;
		readonly told: Readable;
	} {
		const { cpuSeconds, memoryBytes } = this.#limits;
		const limits = JSON.stringify({ cpuSeconds, memoryBytes });
		const command = [this.#python, ...isolatedPython, "-c", programDriver, limits];
		const [file = "", ...args] =
			this.isolation === "namespaces" ? ["unshare", ...unshareOptions, "--", ...command] : command;
		const child = spawn(file, args, {
			cwd: this.#folder,
			// Sets of strings have one order then, on every machine.
			env: { PATH: process.env["PATH"], PYTHONHASHSEED: "0" },
			stdio: ["pipe", "ignore", "ignore", "pipe"],
			// A group of its own, to end all of it.
			detached: true,
		});
		const [input, , , told] = child.stdio;
		assert(input !== null && told instanceof Readable, "both are pipes");
		return { process: child, input, told };
	}
}

/** All that comes, of which more than `maxBytes` is cut off behind the first byte too much. */
async function readUpTo(stream: Readable, maxBytes: number): Promise<string> {
	const chunks: Buffer[] = [];
	let bytes = 0;
	for await (const chunk of stream) {
		assert(Buffer.isBuffer(chunk), "no encoding is set");
		chunks.push(chunk);
		bytes += chunk.length;
		if (bytes > maxBytes) {
			break;
		}
	}
	return Buffer.concat(chunks)
		.toString("latin1")
		.slice(0, maxBytes + 1);
}

/** With its whole group; the namespaces end with their first process. */
function kill({ pid }: ChildProcess): void {
	if (pid === undefined) {
		return;
	}
	try {
		process.kill(-pid, "SIGKILL");
	} catch (error) {
		const hasEnded = error instanceof Error && "code" in error && error.code === "ESRCH";
		if (!hasEnded) {
			throw error;
		}
	}
}

/** The interpreter itself: what is called python3 may be a script that looks for it. */
async function findPython(): Promise<string> {
	const ask =
		"import resource, sys; print(sys.executable if sys.version_info >= (3, 9) else '', end='')";
	const options = { timeout: probeTimeoutMs, encoding: "utf8" } as const;
	try {
		const { stdout } = await run("python3", ["-c", ask], options);
		if (stdout !== "") {
			return stdout;
		}
	} catch (cause) {
		throw pythonMissing(cause);
	}
	throw pythonMissing(undefined);
}

function pythonMissing(cause: unknown): UserError {
	return new UserError(
		"pythonMissing",
		"Programs are tested with python3, 3.9 or later, on Linux; install it, or put it on the path.",
		{ cause },
	);
}

/** Where not, the caller says which isolation there is. */
async function canUnshare(python: string): Promise<boolean> {
	const probe = [python, ...isolatedPython, "-c", "pass"];
	return (await runUnshared(unshareOptions, probe, probeTimeoutMs)).kind === "ended";
}

const run = promisify(execFile);
