import { AsyncLocalStorage } from "node:async_hooks";
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";

/** Set within a lane, where others print meanwhile. */
const isInLane = new AsyncLocalStorage();

/** A step failed, and its message is the one sentence that a reader needs. */
export class StepError extends Error {
	name = "StepError";
}

/**
 * Runs a command as a named step: prints its name, and its time at the end. Output goes through, or with
 * `onLine` line by line to the caller as well. In a lane it is printed in one piece when the step ends.
 *
 * @param {string} name
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv, onLine?: (line: string) => void }} [options]
 */
export async function runStep(name, command, args, { cwd, env, onLine } = {}) {
	const isHeldBack = isInLane.getStore() === true;
	console.log(isHeldBack ? `\n=== ${name} begins` : `\n=== ${name}`);
	const start = performance.now();
	const child = spawn(command, args, {
		cwd,
		env: env ?? process.env,
		stdio: [
			"ignore",
			isHeldBack || onLine !== undefined ? "pipe" : "inherit",
			isHeldBack ? "pipe" : "inherit",
		],
	});
	/** @type {Buffer[]} */
	const heldBack = [];
	if (isHeldBack) {
		for (const stream of [child.stdout, child.stderr]) {
			stream?.on("data", (piece) => heldBack.push(piece));
		}
	}
	if (child.stdout !== null && onLine !== undefined) {
		createInterface({ input: child.stdout }).on("line", (line) => {
			if (!isHeldBack) {
				console.log(line);
			}
			onLine(line);
		});
	}
	const { code, error } = await new Promise((resolve) => {
		child.once("error", (cause) => resolve({ code: undefined, error: cause }));
		child.once("close", (exitCode) => resolve({ code: exitCode, error: undefined }));
	});
	if (isHeldBack) {
		process.stdout.write(`\n=== ${name}: all that it printed\n`);
		process.stdout.write(Buffer.concat(heldBack));
	}
	const seconds = ((performance.now() - start) / 1000).toFixed(1);
	if (error !== undefined) {
		throw new StepError(`"${name}" did not start: ${error.message}.`);
	}
	if (code !== 0) {
		throw new StepError(
			`"${name}" failed after ${seconds} s (exit code ${code}); what it printed above says why.`,
		);
	}
	console.log(`=== ${name}: ${seconds} s`);
}

/**
 * Runs every step, whatever became of the ones before it; gives a sentence for each that failed.
 *
 * @param {readonly (() => unknown)[]} steps
 * @returns {Promise<readonly string[]>}
 */
export async function runSteps(steps) {
	const failures = [];
	for (const step of steps) {
		try {
			await step();
		} catch (error) {
			console.error(error instanceof StepError ? `\n${error.message}` : error);
			failures.push(error instanceof StepError ? error.message : String(error));
		}
	}
	return failures;
}

/**
 * Runs several lists of steps side by side, each as {@link runSteps} does. What they print comes step by step.
 *
 * @param {readonly (readonly (() => unknown)[])[]} lanes
 * @returns {Promise<readonly string[]>}
 */
export async function runLanes(lanes) {
	const failures = await Promise.all(lanes.map((steps) => isInLane.run(true, runSteps, steps)));
	return failures.flat();
}

/**
 * The end of a script that failed: a sentence for what a user can mend, the stack for a bug.
 *
 * @param {unknown} error
 * @returns {never}
 */
export function exitWithSentence(error) {
	console.error(error instanceof StepError ? `\n${error.message}` : error);
	process.exit(1);
}
