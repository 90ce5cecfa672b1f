import { setImmediate as nextTurn } from "node:timers/promises";
import { assert } from "../../src/base/assert.ts";
import type { Trace } from "../../src/cli/bench/trace.ts";
import type {
	CompletionOutcome,
	CompletionProvider,
	CompletionRequest,
} from "../../src/completion/completionProvider.ts";
import { defaultCompletionConfig } from "../../src/completion/defaultConfig.ts";
import { languageIdOfPath } from "../../src/context/files/languageIds.ts";
import type { Dice } from "./dice.ts";
import type { OutcomeLedger } from "./outcomeLedger.ts";
import { editBetween, TypedDocument } from "./typedDocument.ts";

export interface SoakTypistOptions {
	readonly traces: readonly Trace[];
	/** Undefined while there is nothing that could answer: the editor shows nothing then. */
	readonly provider: () => CompletionProvider | undefined;
	readonly ledger: OutcomeLedger;
	readonly dice: Dice;
}

/** A person takes some of the ghosts, and some of those back again; here all are taken back, since the trace goes on as recorded. */
const takenShare = 0.25;
/** How often the place is read ahead because the cursor rests. */
const restShare = 0.05;

interface Asked {
	readonly version: number;
	/** Never rejects. */
	readonly ended: Promise<CompletionOutcome | undefined>;
}

/** Types recorded traces one after the other, and asks the pipeline after each edit, as an editor does. */
export class SoakTypist {
	readonly #options: SoakTypistOptions;
	#traceIndex = 0;
	#step = 0;
	#document: TypedDocument;
	/** The editor withdraws a request when another key comes. */
	#current = new AbortController();
	/** Not yet ended. */
	readonly #pending = new Set<Promise<unknown>>();
	#keystrokes = 0;
	#shown = 0;
	#taken = 0;

	constructor(options: SoakTypistOptions) {
		this.#options = options;
		this.#document = this.#openedDocument();
	}

	get keystrokes(): number {
		return this.#keystrokes;
	}

	get shown(): number {
		return this.#shown;
	}

	get taken(): number {
		return this.#taken;
	}

	/** What is open, as the document is now. */
	get opened(): { readonly path: string; readonly text: string } {
		return { path: this.#trace.path, text: this.#document.text };
	}

	/** What the person wanted to have written so far. */
	get wanted(): string {
		const { keystrokes } = this.#trace;
		return keystrokes[this.#step - 1]?.text ?? keystrokes[0]?.text ?? "";
	}

	/** How long the recorded person waits behind the last edit, in milliseconds. */
	get pauseMs(): number {
		return this.#trace.keystrokes[this.#step - 1]?.pauseMs ?? 0;
	}

	/** Begins the first trace anew. */
	restart(): void {
		this.#traceIndex = 0;
		this.#reopen();
	}

	/** The next edit, and the question that follows from it; gives the outcome, undefined where nothing was asked. */
	async key(): Promise<CompletionOutcome | undefined> {
		const asked = this.press();
		const outcome = await asked.ended;
		if (outcome?.kind === "completion") {
			this.#shown++;
			// Not where another key has come meanwhile: that ghost is gone.
			if (asked.version === this.#document.version) {
				await this.#lookAt(outcome);
			}
		} else if (this.#options.dice.isLucky(restShare)) {
			await this.#rest();
		}
		return outcome;
	}

	/** The same without looking at what comes of it. */
	press(): Asked {
		const { keystrokes } = this.#trace;
		if (this.#step >= keystrokes.length) {
			this.#traceIndex = (this.#traceIndex + 1) % this.#options.traces.length;
			this.#reopen();
		}
		const keystroke = this.#trace.keystrokes[this.#step];
		assert(keystroke !== undefined, "a trace has a keystroke");
		this.#document.apply(editBetween(this.#document.text, keystroke.text));
		this.#step++;
		this.#keystrokes++;
		this.#current.abort();
		this.#current = new AbortController();
		return { version: this.#document.version, ended: this.#ask(keystroke.offset, "automatic") };
	}

	/** Resolves when every request has ended. */
	async settled(): Promise<void> {
		while (this.#pending.size > 0) {
			await Promise.all(this.#pending);
		}
	}

	get #trace(): Trace {
		const trace = this.#options.traces[this.#traceIndex];
		assert(trace !== undefined, "there are traces");
		return trace;
	}

	/** A trace begins with the text after its first edit: that one was made before anybody looked. */
	#openedDocument(): TypedDocument {
		this.#step = 1;
		return new TypedDocument(this.#trace.keystrokes[0]?.text ?? "");
	}

	#reopen(): void {
		this.#document = this.#openedDocument();
	}

	#request(offset: number, trigger: CompletionRequest["trigger"]): CompletionRequest {
		const { path } = this.#trace;
		const { text } = this.#document;
		return { path, languageId: languageIdOfPath(path), text, offset, trigger };
	}

	#ask(
		offset: number,
		trigger: CompletionRequest["trigger"],
	): Promise<CompletionOutcome | undefined> {
		const { ledger, provider } = this.#options;
		const opened = provider();
		if (opened === undefined) {
			return Promise.resolve(undefined);
		}
		const request = this.#request(offset, trigger);
		ledger.noteAsked();
		const ended = opened.provide(request, defaultCompletionConfig, this.#current.signal).then(
			(outcome) => {
				ledger.note(request, outcome);
				return outcome;
			},
			(error: unknown) => {
				ledger.noteRejected(error);
				return undefined;
			},
		);
		this.#pending.add(ended);
		void ended.then(() => this.#pending.delete(ended));
		return ended;
	}

	/** Somebody may take the ghost, see that it isn't what they wanted, and take it back. */
	async #lookAt({ completion }: CompletionOutcome & { kind: "completion" }): Promise<void> {
		const { dice, provider } = this.#options;
		if (!dice.isLucky(takenShare)) {
			return;
		}
		const takeBack = this.#document.replace(completion.replace, completion.insertText);
		this.#taken++;
		provider()?.didAccept(completion);
		await this.#ask(completion.replace.start + completion.insertText.length, "automatic");
		this.#document.apply(takeBack);
	}

	async #rest(): Promise<void> {
		const { provider } = this.#options;
		const offset = this.#trace.keystrokes[this.#step - 1]?.offset ?? 0;
		const where = this.#request(offset, "automatic");
		const preparing = provider()?.prepare(where, defaultCompletionConfig, this.#current.signal);
		if (preparing !== undefined) {
			this.#pending.add(preparing);
			void preparing.then(() => this.#pending.delete(preparing));
			await nextTurn();
		}
	}
}
