import type {
	CompletionOutcome,
	CompletionRequest,
	NoCompletionReason,
} from "../../src/completion/completionProvider.ts";

/** The closed union once more, as values: the compiler names what is missing here. */
const reasons: Readonly<Record<NoCompletionReason, true>> = {
	disabled: true,
	snoozed: true,
	onBattery: true,
	unsuitablePosition: true,
	insideWord: true,
	insideLine: true,
	lineTooLong: true,
	unsuitableDocument: true,
	cancelled: true,
	superseded: true,
	notConfident: true,
	emptyResult: true,
	filteredOut: true,
	engineUnavailable: true,
};

/** How many requests there were, and how they ended. */
export class OutcomeLedger {
	readonly #counts = new Map<string, number>();
	readonly #violations: string[] = [];
	#asked = 0;
	#ended = 0;
	#reported = 0;

	/** Every request, ended or not. */
	get asked(): number {
		return this.#asked;
	}

	get ended(): number {
		return this.#ended;
	}

	/** What `onDidFinish` told. */
	get reported(): number {
		return this.#reported;
	}

	/** How often each outcome came, the most frequent first. */
	get counts(): Readonly<Record<string, number>> {
		return Object.fromEntries([...this.#counts].sort(([, a], [, b]) => b - a));
	}

	/** What must never be, in sentences. */
	get violations(): readonly string[] {
		return this.#violations;
	}

	noteAsked(): void {
		this.#asked++;
	}

	noteReported(): void {
		this.#reported++;
	}

	/** The request ended like this. */
	note(request: CompletionRequest, outcome: CompletionOutcome): void {
		this.#ended++;
		const problem = problemOf(request, outcome);
		if (problem !== undefined) {
			this.#violations.push(problem);
		}
		const name = outcome.kind === "none" ? outcome.reason : `shown: ${outcome.completion.origin}`;
		this.#counts.set(name, (this.#counts.get(name) ?? 0) + 1);
	}

	/** `provide` promises never to reject. */
	noteRejected(error: unknown): void {
		this.#ended++;
		this.#violations.push(`A request was rejected: ${String(error)}`);
	}
}

/** Why an outcome is none that may be; undefined where it is one. */
export function problemOf(
	{ text, offset }: CompletionRequest,
	outcome: CompletionOutcome,
): string | undefined {
	switch (outcome.kind) {
		case "none":
			return Object.hasOwn(reasons, outcome.reason)
				? undefined
				: `A request ended for a reason that isn't one: ${JSON.stringify(outcome)}`;
		case "completion": {
			const { insertText, replace } = outcome.completion;
			const isAtCursor =
				0 <= replace.start &&
				replace.start <= offset &&
				offset <= replace.end &&
				replace.end <= text.length;
			if (!isAtCursor) {
				return `A completion at ${offset} of ${text.length} replaces ${replace.start} to ${replace.end}.`;
			}
			return insertText === "" ? "A completion inserts nothing." : undefined;
		}
		default:
			return `A request ended in no known way: ${JSON.stringify(outcome)}`;
	}
}
