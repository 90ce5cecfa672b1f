import type { UsingFile } from "../../src/context/uses/usesElsewhere.ts";
import type { FollowedDocument } from "../../src/extension/nextEdit/followedDocument.ts";
import {
	NextEditSession,
	pauseMs,
	type NextEditSessionOptions,
} from "../../src/extension/nextEdit/nextEditSession.ts";
import { OtherFiles } from "../../src/extension/nextEdit/otherFiles.ts";
import type { QuietReason } from "../../src/extension/nextEdit/quietReason.ts";
import type { SearchReply } from "../../src/extension/nextEdit/searchProtocol.ts";
import { SearchServer } from "../../src/extension/nextEdit/searchServer.ts";
import {
	replacementOf,
	type TextReplacement,
} from "../../src/extension/nextEdit/textReplacement.ts";
import { tokensOfLine } from "../../src/nextEdit/lineTokens.ts";
import { FakeClock, settle } from "./fakeClock.ts";
import { TextModel } from "./textModel.ts";

/** What was done to which document. */
interface Undoable extends TextReplacement {
	readonly document: string;
}

/**
 * A document with next edits, the real search, and a person who types by the clock of the test. There may be other documents, which every
 * name means the same in.
 */
export class NextEditBench {
	readonly clock = new FakeClock();
	readonly models: ReadonlyMap<string, TextModel>;
	readonly others: OtherFiles;
	/** The document in front. */
	front = "doc";
	/** Texts that the repository still knows instead of those of the documents. */
	readonly indexed = new Map<string, string>();
	/** Whether the repository has been read to its end. */
	isScanned = true;
	/** Whether all documents are open in the editor. */
	knowsOpened = false;
	/** How often somebody asked where names are used. */
	askedUses = 0;
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
	readonly undoable: Undoable[] = [];

	constructor(
		text: string,
		lineBreak: "\n" | "\r\n" = "\n",
		others: Readonly<Record<string, string>> = {},
	) {
		this.models = new Map(
			Object.entries({ doc: text, ...others }).map(([name, its]) => [
				name,
				new TextModel(its, lineBreak),
			]),
		);
		this.others = new OtherFiles({
			uses: ({ path, names }) => {
				this.askedUses++;
				const wanted = new Set(names.map(({ name }) => name));
				return Promise.resolve({
					...{ files: this.#using(path, wanted), unreadFiles: 0 },
					isComplete: this.isScanned,
				});
			},
			search: (asked) =>
				Promise.resolve(this.server.receive({ kind: "searchElsewhere", id: 0, ...asked })),
			pathOf: (document) => document,
			documentIdOf: (path) => path,
			opened: (document) => (this.knowsOpened ? this.#followed(document) : undefined),
			mayShow: ({ path }) => path !== "notShown",
			onDidChange: () => undefined,
			onDidLook: () => undefined,
		});
		this.session = new NextEditSession({
			place: () => ({
				document: this.document,
				cursorLine: this.cursorLine,
				quiet: this.quiet,
			}),
			search: this.#searchOf(this.server),
			elsewhere: this.others,
			clock: this.clock,
			onDidChange: () => undefined,
		});
		this.session.placeChanged();
	}

	get model(): TextModel {
		return this.modelOf(this.front);
	}

	modelOf(document: string): TextModel {
		const model = this.models.get(document);
		if (model === undefined) {
			throw new Error(`there is no ${document}`);
		}
		return model;
	}

	/** Brings another document to the front. */
	open(document: string): void {
		this.front = document;
		this.cursorLine = 0;
		this.session.placeChanged();
	}

	get document(): FollowedDocument {
		return this.#followed(this.front);
	}

	#followed(id: string): FollowedDocument {
		const model = this.modelOf(id);
		const read = <Value>(value: Value): Value => {
			this.reads++;
			return value;
		};
		return {
			...{ id, languageId: "typescript", lineCount: model.lines.length },
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
		const done = this.undoable.pop();
		if (done === undefined) {
			throw new Error("there is nothing to undo");
		}
		const { document, ...inverse } = done;
		if (this.front !== document) {
			this.open(document);
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
			this.undoable.push({ ...inverse, document: this.front });
		}
		this.session.changed(this.front, [change], isUndo);
	}

	#using(path: string, names: ReadonlySet<string>): readonly UsingFile[] {
		return [...this.models]
			.filter(([name]) => name !== path)
			.map(([name, model]) => [name, this.indexed.get(name) ?? model.text] as const)
			.map(([name, text]) => ({
				...{ path: name, languageId: "typescript", text },
				uses: text
					.split(/\r\n|\n/)
					.flatMap((written, line) =>
						tokensOfLine(written).flatMap((token) =>
							names.has(token.text) ? [{ name: token.text, line, column: token.start }] : [],
						),
					),
			}));
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
