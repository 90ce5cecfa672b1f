import { AsyncLocalStorage } from "node:async_hooks";
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";

/** Set within a lane, where others print meanwhile. */
const isInLane = new AsyncLocalStorage();

/** Of what a failed step printed, the part that is worth reading again, in UTF-16 units. */
const outputEndLength = 4_000;

/** A step failed, and its message is the one sentence that a reader needs. */
export class StepError extends Error {
	name = "StepError";

	/**
	 * @param {string} message
	 * @param {string} [outputEnd] the last that the step printed, where it was held back
	 */
	constructor(message, outputEnd = "") {
		super(message);
		this.outputEnd = outputEnd;
	}
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
	const output = Buffer.concat(heldBack);
	if (isHeldBack) {
		process.stdout.write(`\n=== ${name}: all that it printed\n`);
		process.stdout.write(output);
	}
	const seconds = ((performance.now() - start) / 1000).toFixed(1);
	if (error !== undefined) {
		throw new StepError(`"${name}" did not start: ${error.message}.`);
	}
	if (code !== 0) {
		throw new StepError(
			`"${name}" failed after ${seconds} s (exit code ${code}); what it printed above says why.`,
			lastLines(output.toString("utf8")),
		);
	}
	console.log(`=== ${name}: ${seconds} s`);
}

/**
 * The whole lines at the end of `text` that {@link outputEndLength} has room for.
 *
 * @param {string} text
 */
function lastLines(text) {
	const end = text.trimEnd();
	return end.length <= outputEndLength
		? end
		: end.slice(end.indexOf("\n", end.length - outputEndLength) + 1);
}

/**
 * @typedef {{ sentence: string, outputEnd: string }} Failure a step that failed: what there is to say of it, and the last
 *     that it printed, which may be nothing
 */

/**
 * Runs every step, whatever became of the ones before it.
 *
 * @param {readonly (() => unknown)[]} steps
 * @returns {Promise<readonly Failure[]>}
 */
export async function runSteps(steps) {
	const failures = [];
	for (const step of steps) {
		try {
			await step();
		} catch (error) {
			const isOfStep = error instanceof StepError;
			console.error(isOfStep ? `\n${error.message}` : error);
			failures.push({
				sentence: isOfStep ? error.message : String(error),
				outputEnd: isOfStep ? error.outputEnd : "",
			});
		}
	}
	return failures;
}

/**
 * Runs several lists of steps side by side, each as {@link runSteps} does. What they print comes step by step.
 *
 * @param {readonly (readonly (() => unknown)[])[]} lanes
 * @returns {Promise<readonly Failure[]>}
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
