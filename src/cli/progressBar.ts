/** The part of a terminal's stream that is used. */
export interface ProgressStream {
	readonly isTTY?: boolean;
	readonly columns?: number;
	write(text: string): unknown;
}

export interface ProgressState {
	readonly done: number;
	readonly total: number;
	/** What is counted: "12 of 40 files". */
	readonly text: string;
}

export interface ProgressBar {
	/** `nowMs` on the clock of `startedMs`. */
	update(state: ProgressState, nowMs: number): void;
	finish(): void;
}

const width = 30;

/** A terminal shows no more than this, and writing costs time. */
const redrawEveryMs = 50;

/** One line that is drawn over itself in a terminal; elsewhere one line for every tenth. */
export function createProgressBar(stream: ProgressStream, startedMs: number): ProgressBar {
	const isTerminal = stream.isTTY === true;
	// Some terminals say that they have none.
	const columns = stream.columns === undefined || stream.columns === 0 ? 100 : stream.columns;
	let drawnMs = -Infinity;
	let drawnTenth = 0;
	let isDrawn = false;
	return {
		update({ done, total, text }, nowMs) {
			const share = total > 0 ? Math.min(1, done / total) : 1;
			const percent = `${String(Math.floor(share * 100)).padStart(3)} %`;
			if (!isTerminal) {
				const tenth = Math.floor(share * 10);
				if (tenth > drawnTenth) {
					drawnTenth = tenth;
					stream.write(`${percent}  ${text}\n`);
				}
				return;
			}
			if (nowMs - drawnMs < redrawEveryMs && share < 1) {
				return;
			}
			drawnMs = nowMs;
			isDrawn = true;
			const filled = Math.round(share * width);
			const bar = "█".repeat(filled) + "░".repeat(width - filled);
			const leftMs = share > 0 ? ((nowMs - startedMs) * (1 - share)) / share : 0;
			const left = share > 0 && share < 1 ? `, ${Math.ceil(leftMs / 1000)} s left` : "";
			const line = `${bar} ${percent}  ${text}${left}`;
			stream.write(`\r${line.slice(0, columns - 1)}\u001B[K`);
		},
		finish() {
			if (isDrawn) {
				stream.write("\n");
			}
		},
	};
}
