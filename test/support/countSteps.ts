import { Session } from "node:inspector/promises";

/**
 * Counts what is executed of the project's own code: how often each of its blocks runs, as V8's coverage sees it.
 * The same work always takes the same steps, however busy the machine is.
 */
export class StepCounter implements AsyncDisposable {
	readonly #session = new Session();

	private constructor() {
		this.#session.connect();
	}

	static async start(): Promise<StepCounter> {
		const counter = new StepCounter();
		await counter.#session.post("Profiler.enable");
		await counter.#session.post("Profiler.startPreciseCoverage", {
			callCount: true,
			detailed: true,
		});
		return counter;
	}

	/** The steps of `work`. */
	async count(work: () => Promise<unknown>): Promise<number> {
		await this.#take();
		await work();
		return await this.#take();
	}

	async [Symbol.asyncDispose](): Promise<void> {
		await this.#session.post("Profiler.stopPreciseCoverage");
		this.#session.disconnect();
	}

	/** Those since the last time. */
	async #take(): Promise<number> {
		const { result } = await this.#session.post("Profiler.takePreciseCoverage");
		let steps = 0;
		for (const { url, functions } of result) {
			if (/\/src\/[a-zA-Z]+\//.test(url) && !url.includes("/node_modules/")) {
				for (const { ranges } of functions) {
					steps += ranges.reduce((sum, { count }) => sum + count, 0);
				}
			}
		}
		return steps;
	}
}
