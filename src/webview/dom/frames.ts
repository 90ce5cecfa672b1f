/** Does a bounded piece of work; tells whether more is left. */
export type FrameWork = () => boolean;

/**
 * Spreads work over frames: each piece that is waiting runs once a frame, so that a fast stream can't keep
 * the page from reacting. Nothing runs while the view is hidden; what came meanwhile is drawn when it shows.
 */
export class Frames {
	readonly #waiting = new Set<FrameWork>();
	readonly #afterFrame: () => void;
	#isRequested = false;

	/** `afterFrame` runs once after the pieces of each frame. */
	constructor(afterFrame: () => void) {
		this.#afterFrame = afterFrame;
	}

	/** Runs `work` in the next frame; the same function is never waiting twice. */
	schedule(work: FrameWork): void {
		this.#waiting.add(work);
		this.#request();
	}

	cancel(work: FrameWork): void {
		this.#waiting.delete(work);
	}

	#request(): void {
		if (!this.#isRequested) {
			this.#isRequested = true;
			requestAnimationFrame(this.#run);
		}
	}

	readonly #run = (): void => {
		this.#isRequested = false;
		const now = [...this.#waiting];
		this.#waiting.clear();
		for (const work of now) {
			if (work()) {
				this.#waiting.add(work);
			}
		}
		this.#afterFrame();
		if (this.#waiting.size > 0) {
			this.#request();
		}
	};
}
