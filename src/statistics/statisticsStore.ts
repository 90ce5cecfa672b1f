import { mkdir, open, rename, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Clock } from "../base/clock.ts";
import type { Logger } from "../base/log.ts";
import { UserError } from "../base/userError.ts";
import type { Day } from "./days.ts";
import {
	bounded,
	noStatistics,
	summed,
	withEvent,
	type Statistics,
	type StatisticsEvent,
} from "./statistics.ts";
import { formatStatistics, maxFileBytes, parseStatistics } from "./statisticsFile.ts";

export interface StatisticsStoreOptions {
	/** Of this user on this machine, for all windows. Absolute; made when something is written. */
	readonly folder: string;
	readonly clock: Clock;
	readonly today: () => Day;
	/** Milliseconds since 1970, as files have them. */
	readonly epochMs: () => number;
	readonly logger: Logger;
}

/** What was counted is written so long after the first of it: a burst of keys makes one write. */
const writeDelayMs = 5000;

/** Nobody writes for so long: whoever left this lock is gone. */
const staleLockMs = 30_000;

/**
 * Statistics in a file that several windows write. Each keeps what it has counted until it has added it to what the file says,
 * behind a lock, so that none takes anything from another. The file is whole at any time.
 */
export class StatisticsStore {
	readonly #options: StatisticsStoreOptions;
	readonly #path: string;
	readonly #ended = new AbortController();
	/** Counted here, and not in the file. */
	#pending: Statistics = noStatistics;
	#isWaiting = false;
	/** The end of all that was begun; never rejects. */
	#last: Promise<unknown> = Promise.resolve();
	#lastProblem = "";

	constructor(options: StatisticsStoreOptions) {
		this.#options = options;
		this.#path = join(options.folder, "statistics.json");
	}

	/** Only notes it: what is counted is written later. */
	count(day: Day, event: StatisticsEvent): void {
		this.#pending = withEvent(this.#pending, day, event);
		if (!this.#isWaiting) {
			this.#isWaiting = true;
			void this.#writeLater();
		}
	}

	/** All of it, what isn't written yet included. Never rejects: without a file there is only that. */
	async read(): Promise<Statistics> {
		return await this.#inTurn(async () => {
			try {
				const { statistics } = await this.#readFile();
				return summed(statistics, this.#pending);
			} catch (error) {
				this.#warn(`Statistics can't be read (${describe(error)}).`);
				return this.#pending;
			}
		});
	}

	/** Writes what has been counted. Never rejects: what can't be written now is written with what comes next. */
	async flush(): Promise<void> {
		await this.#inTurn(() => this.#write());
	}

	/** All of it is gone. Rejects with a UserError where another window is just writing, or the disk refuses. */
	async clear(): Promise<void> {
		await this.#inTurn(async () => {
			let isDone: boolean;
			try {
				isDone = await this.#withLock(async () => {
					await rm(this.#path, { force: true });
					await rm(this.#damagedPath, { force: true });
				});
			} catch (error) {
				throw new UserError(
					"statisticsNotDeleted",
					`The statistics can't be deleted (${describe(error)}); delete ${this.#path} yourself.`,
					{ cause: error },
				);
			}
			if (!isDone) {
				throw new UserError(
					"statisticsInUse",
					"Another window is writing the statistics; delete them again in a moment.",
				);
			}
			this.#pending = noStatistics;
		});
	}

	async dispose(): Promise<void> {
		this.#ended.abort();
		await this.flush();
	}

	get #damagedPath(): string {
		return join(this.#options.folder, "statistics.damaged.json");
	}

	async #writeLater(): Promise<void> {
		await this.#options.clock.sleep(writeDelayMs, this.#ended.signal);
		this.#isWaiting = false;
		await this.flush();
	}

	#inTurn<T>(work: () => Promise<T>): Promise<T> {
		const result = this.#last.then(work);
		this.#last = result.catch(() => undefined);
		return result;
	}

	async #write(): Promise<void> {
		const counted = this.#pending;
		if (counted.size === 0) {
			return;
		}
		this.#pending = noStatistics;
		let isWritten = false;
		try {
			isWritten = await this.#withLock(async () => {
				const { statistics, damaged } = await this.#readFile();
				if (damaged !== undefined) {
					await writeFile(this.#damagedPath, damaged);
				}
				const all = bounded(summed(statistics, counted), this.#options.today());
				await this.#replace(formatStatistics(all));
			});
		} catch (error) {
			this.#warn(`Statistics can't be written (${describe(error)}); they are kept in memory.`);
		}
		if (!isWritten) {
			// It is written with what is counted next, or when the window ends.
			this.#pending = summed(counted, this.#pending);
		}
	}

	/** False where another window has the lock, and nothing was done. */
	async #withLock(work: () => Promise<void>): Promise<boolean> {
		const lock = `${this.#path}.lock`;
		await mkdir(this.#options.folder, { recursive: true });
		if (!(await this.#take(lock))) {
			return false;
		}
		try {
			await work();
			return true;
		} finally {
			await rm(lock, { force: true });
		}
	}

	/** False where another window has it. Of two that find a stale one at the same moment, both may get it. */
	async #take(lock: string): Promise<boolean> {
		if (await made(lock)) {
			return true;
		}
		const { mtimeMs } = await stat(lock).catch(() => ({ mtimeMs: -Infinity }));
		// A calendar that was set back makes it look as if it were of the future.
		if (Math.abs(this.#options.epochMs() - mtimeMs) < staleLockMs) {
			return false;
		}
		await rm(lock, { force: true });
		return await made(lock);
	}

	async #replace(text: string): Promise<void> {
		// Under the lock nobody else writes it; what a crash left of it is written over.
		const temporary = `${this.#path}.tmp`;
		{
			await using file = await open(temporary, "w");
			await file.writeFile(text);
			await file.sync();
		}
		await rename(temporary, this.#path);
	}

	/** What the file says, and where a part of it can't be read its text: all, or nothing of one that is far too long. */
	async #readFile(): Promise<{
		readonly statistics: Statistics;
		readonly damaged: string | undefined;
	}> {
		let text: string;
		try {
			await using file = await open(this.#path);
			const { size } = await file.stat();
			text = size > maxFileBytes ? "" : await file.readFile("utf8");
		} catch (error) {
			if (!(error instanceof Error && "code" in error && error.code === "ENOENT")) {
				throw error;
			}
			return { statistics: noStatistics, damaged: undefined };
		}
		const { statistics, problem } = parseStatistics(text);
		if (problem !== undefined) {
			this.#warn(`The file of the statistics ${problem}; what can be read of it stays.`);
		}
		return { statistics, damaged: problem === undefined ? undefined : text };
	}

	/** The same problem comes back with every write, and is worth one line. */
	#warn(problem: string): void {
		if (problem !== this.#lastProblem) {
			this.#lastProblem = problem;
			this.#options.logger.warn(problem);
		}
	}
}

async function made(lock: string): Promise<boolean> {
	try {
		await using file = await open(lock, "wx");
		await file.writeFile(String(process.pid));
		return true;
	} catch (error) {
		if (error instanceof Error && "code" in error && error.code === "EEXIST") {
			return false;
		}
		throw error;
	}
}

function describe(error: unknown): string {
	return error instanceof Error ? error.message.slice(0, 200) : String(error);
}
