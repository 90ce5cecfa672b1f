import {
	NextEditSession,
	pauseMs,
	type FollowedDocument,
	type NextEditSessionOptions,
} from "../../src/extension/nextEdit/nextEditSession.ts";
import type { QuietReason } from "../../src/extension/nextEdit/quietReason.ts";
import type { SearchReply } from "../../src/extension/nextEdit/searchProtocol.ts";
import { SearchServer } from "../../src/extension/nextEdit/searchServer.ts";
import {
	replacementOf,
	type TextReplacement,
} from "../../src/extension/nextEdit/textReplacement.ts";
import { FakeClock, settle } from "./fakeClock.ts";
import { TextModel } from "./textModel.ts";

/** A document with next edits, the real search, and a person who types by the clock of the test. */
export class NextEditBench {
	readonly clock = new FakeClock();
	readonly model: TextModel;
	readonly session: NextEditSession;
	readonly server = new SearchServer();
	quiet: QuietReason | undefined;
	searches = 0;
	/** How often text of the document was read. */
	reads = 0;
	/** Answers are held back while it is true, until {@link answer}. */
	isHeld = false;
	#answer: () => void = () => undefined;
	cursorLine = 0;
	/** Replacements that take back what was done, the newest last. */
	readonly undoable: TextReplacement[] = [];

	constructor(text: string, lineBreak: "\n" | "\r\n" = "\n") {
		this.model = new TextModel(text, lineBreak);
		this.session = new NextEditSession({
			place: () => ({
				document: this.document,
				cursorLine: this.cursorLine,
				quiet: this.quiet,
			}),
			search: this.#searchOf(this.server),
			clock: this.clock,
			onDidChange: () => undefined,
		});
		this.session.placeChanged();
	}

	get document(): FollowedDocument {
		const { model } = this;
		const read = <Value>(value: Value): Value => {
			this.reads++;
			return value;
		};
		return {
			...{ id: "doc", languageId: "typescript", lineCount: model.lines.length },
			get version() {
				return model.version;
			},
			units: model.lines.reduce((sum, { length }) => sum + length, 0),
			lineAt: (line) => read(model.lines[line] ?? ""),
			getText: () => read(model.text),
		};
	}

	/** Replaces the first `old` behind what was typed so far, as by hand. */
	type(old: string, next: string): void {
		const text = this.model.lines.join("\n");
		const at = text.indexOf(old);
		if (at < 0) {
			throw new Error(`there is no ${old}`);
		}
		const before = text.slice(0, at).split("\n");
		const through = text.slice(0, at + old.length).split("\n");
		this.cursorLine = before.length - 1;
		this.edit({
			...{ startLine: before.length - 1, startColumn: before.at(-1)?.length ?? 0 },
			...{ endLine: through.length - 1, endColumn: through.at(-1)?.length ?? 0 },
			text: next,
		});
	}

	/** Rests until whatever is found is shown. */
	async rest(): Promise<void> {
		await this.clock.advance(pauseMs);
	}

	undo(): void {
		const inverse = this.undoable.pop();
		if (inverse === undefined) {
			throw new Error("there is nothing to undo");
		}
		this.edit(inverse, true);
	}

	/** What Tab does where the edit is on the screen. False where nothing is shown, or it isn't put in. */
	async accept(): Promise<boolean> {
		const found = this.session.shown?.current;
		if (found === undefined) {
			return false;
		}
		const change = replacementOf(found.edit, this.model.lines);
		return this.session.accept(found, this.document, () => {
			this.edit(change);
			return Promise.resolve(true);
		});
	}

	/** Lets the answer that was held back arrive. */
	async answer(): Promise<void> {
		this.isHeld = false;
		this.#answer();
		await settle();
	}

	/** One change, by whomever. */
	edit(change: TextReplacement, isUndo = false): void {
		const inverse = this.model.apply(change);
		if (!isUndo) {
			this.undoable.push(inverse);
		}
		this.session.changed("doc", [change], isUndo);
	}

	#searchOf(server: SearchServer): NextEditSessionOptions["search"] {
		return {
			hasFailed: false,
			feed: (request) => {
				server.receive(request);
			},
			search: async (asked): Promise<SearchReply | undefined> => {
				const reply = server.receive({ kind: "search", id: this.searches++, ...asked });
				if (this.isHeld) {
					await new Promise<void>((resolve) => (this.#answer = resolve));
				}
				return reply;
			},
		};
	}
}
