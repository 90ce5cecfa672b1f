/**
 * A worker thread or process that records what it is asked and never answers by itself: the test says what
 * it sends, and when it ends.
 */
export class SilentWorker<Request> {
	readonly requests: Request[] = [];
	isTerminated = false;
	/** What the worker says; nobody hears it before there is a listener. */
	send: (message: unknown) => void = () => undefined;
	exit: (problem: string) => void = () => undefined;

	postMessage(request: Request): void {
		this.requests.push(request);
	}

	onMessage(listener: (message: unknown) => void): void {
		this.send = listener;
	}

	onExit(listener: (problem: string) => void): void {
		this.exit = listener;
	}

	terminate(): Promise<void> {
		this.isTerminated = true;
		return Promise.resolve();
	}
}
