import { failureIn, firstChoice, hasAnswer, isFailureEvent, isFilled } from "./failureEvents.ts";
import { isRecord } from "./serverWords.ts";

/** The value of an event that says that the answer is complete. */
export const doneMark = "[DONE]";

/** Events that say by their name alone that the answer is complete. */
const doneEvent = /^(?:done|end|completed?|finish(?:ed)?|close)$/i;

/** What servers write into a stream only to keep it open. */
const heartbeat = /^(?:null|ping|pong|heartbeat|keep-?alive|processing|\d+)$/i;

type Shape =
	/** Nothing but white space came. */
	| "unknown"
	/** Server-sent events, whatever the server calls them. */
	| "events"
	/** One JSON value, over as many lines as it likes; or, until the first line is complete, one on each line. */
	| "json"
	| "jsonLines"
	/** Markup: a login page, or an error of a proxy. */
	| "page";

/**
 * Reads the body of an answer as a sequence of JSON texts, each the value of one event. Understood are
 * server-sent events in all their spellings, among them those that servers get wrong (no blank line between
 * events, no space after the colon, heartbeats of empty data, words instead of JSON, `error:` as a field),
 * JSON on lines, and one JSON value although a stream was asked for. A failure, in whichever shape, becomes
 * `{"error": …}`; the end mark and words become JSON strings.
 */
export class AnswerEvents {
	readonly #maxEventUnits: number;
	readonly #decoder = new TextDecoder();
	#shape: Shape = "unknown";
	/** What came of a line that isn't complete, or of a whole JSON value. */
	#held = "";
	#endedWithReturn = false;
	#event = "";
	#data: string[] = [];
	#dataUnits = 0;
	/** Words that are no field of an event. */
	#words = "";
	/** How many were handed out. */
	#events = 0;
	#hasFirstLine = false;
	/** The first of several JSON lines would be an answer on its own. */
	#isWhole = false;

	constructor(maxEventUnits: number) {
		this.#maxEventUnits = maxEventUnits;
	}

	/** The events that `chunk` completes; "tooLong" for one that is longer than allowed, "page" for markup. */
	push(chunk: Uint8Array): readonly string[] | "tooLong" | "page" {
		return this.#take(this.#decoder.decode(chunk, { stream: true }));
	}

	/** What is left when nothing more comes. */
	flush(): readonly string[] | "tooLong" | "page" {
		const ready = this.#take(this.#decoder.decode());
		if (typeof ready === "string") {
			return ready;
		}
		const rest = this.#held;
		this.#held = "";
		if (this.#shape === "json") {
			return [...ready, ...wholeValue(rest)];
		}
		const last = [...ready, ...this.#line(rest), ...this.#endEvent()];
		if (this.#shape === "jsonLines" && this.#events + last.length === 1 && this.#isWhole) {
			last.push(JSON.stringify(doneMark));
		}
		// Where the answer ended in the middle they say why.
		return this.#words === "" ? last : [...last, JSON.stringify(this.#words)];
	}

	#take(text: string): readonly string[] | "tooLong" | "page" {
		let fresh = this.#endedWithReturn && text.startsWith("\n") ? text.slice(1) : text;
		if (text !== "") {
			this.#endedWithReturn = false;
		}
		if (this.#shape === "unknown") {
			fresh = fresh.trimStart();
			this.#shape = shapeOf(fresh);
		}
		if (this.#shape === "page") {
			return "page";
		}
		const ready: string[] = [];
		if (this.#shape === "json") {
			this.#held += fresh;
			fresh = "";
			if (!this.#hasFirstLine && /[\r\n]/.test(text)) {
				this.#hasFirstLine = true;
				const whole = parsed(this.#held.slice(0, this.#held.search(/[\r\n]/)));
				if (whole !== undefined) {
					this.#isWhole = isWholeAnswer(whole.value);
					this.#shape = "jsonLines";
					fresh = this.#held;
					this.#held = "";
				}
			}
		}
		if (this.#shape === "events" || this.#shape === "jsonLines") {
			const lines = fresh.split(/\r\n|\n|\r/);
			this.#endedWithReturn = fresh.endsWith("\r");
			for (const line of lines.slice(0, -1)) {
				const held = this.#held;
				this.#held = "";
				ready.push(...this.#line(held + line));
			}
			this.#held += lines.at(-1) ?? "";
		}
		this.#events += ready.length;
		return this.#held.length + this.#dataUnits > this.#maxEventUnits ? "tooLong" : ready;
	}

	#line(line: string): readonly string[] {
		if (line === "") {
			return this.#endEvent();
		}
		if (line.startsWith(":")) {
			return [];
		}
		if (this.#isOpen() && /^[ \t}\]]/.test(line)) {
			return this.#valueLine(line);
		}
		if (this.#shape === "jsonLines" || isJson(line) || isDone(line)) {
			return [...this.#endEvent(), ...eventValues(line, "")];
		}
		if (/^\s*\{/.test(line)) {
			return [...this.#endEvent(), ...this.#valueLine(line)];
		}
		const colon = line.indexOf(":");
		const field = (colon < 0 ? line : line.slice(0, colon)).trim();
		const value = colon < 0 ? "" : line.slice(colon + 1).replace(/^ (?:data: *(?=[[{]))?/, "");
		switch (field.toLowerCase()) {
			case "data":
				return this.#dataLine(value);
			case "event":
				this.#event = value.trim();
				return [];
			case "error":
				// llama.cpp's field for failures.
				return [...this.#endEvent(), ...eventValues(value, "error")];
			case "id":
			case "retry":
				return [];
			default:
				this.#words ||= line.trim().slice(0, maxWordsLength);
				return [];
		}
	}

	/** Some servers put no blank line between events. A first line that is a whole value is one. */
	#dataLine(value: string): readonly string[] {
		if (this.#data.length === 0 && (isDone(value) || isJson(value))) {
			this.#data.push(value);
			return this.#endEvent();
		}
		this.#data.push(value);
		this.#dataUnits += value.length + 1;
		return [];
	}

	/** Whether the last lines are the beginning of a JSON value. */
	#isOpen(): boolean {
		return /^\s*[[{]/.test(this.#data[0] ?? "");
	}

	/** Of a JSON value over several lines that aren't marked as data: a failure as it was meant to be read by people. */
	#valueLine(line: string): readonly string[] {
		this.#data.push(line);
		this.#dataUnits += line.length + 1;
		return /^[}\]]/.test(line) && isJson(this.#data.join("\n")) ? this.#endEvent() : [];
	}

	#endEvent(): readonly string[] {
		const data = this.#data.join("\n");
		const event = this.#event;
		this.#data = [];
		this.#dataUnits = 0;
		this.#event = "";
		if (data === "") {
			return doneEvent.test(event) ? [JSON.stringify(doneMark)] : [];
		}
		return eventValues(data, event);
	}
}

/** Of words that a server puts where events belong; UTF-16 units. */
const maxWordsLength = 1000;

function shapeOf(text: string): Shape {
	switch (text.charAt(0)) {
		case "":
			return "unknown";
		case "<":
			return "page";
		case "{":
		case "[":
			return "json";
		default:
			return "events";
	}
}

function isDone(text: string): boolean {
	return /^\s*"?(?:\[DONE\]|DONE)"?\s*$/i.test(text);
}

function isJson(text: string): boolean {
	if (!/^\s*[[{].*[\]}]\s*$/s.test(text)) {
		return false;
	}
	return parsed(text) !== undefined;
}

interface Parsed {
	readonly value: unknown;
}

function parsed(text: string): Parsed | undefined {
	try {
		return { value: JSON.parse(text) };
	} catch {
		return undefined;
	}
}

/** An answer that came as one value is complete with it. */
function wholeValue(text: string): readonly string[] {
	const whole = parsed(text);
	if (whole === undefined) {
		return text.trim() === "" ? [] : [text];
	}
	const failure = failureIn(whole.value, "");
	const values = failure === undefined ? valuesOf(whole.value, text) : [failure];
	if (failure === undefined && isRecord(whole.value) && !hasAnswer(whole.value)) {
		return values;
	}
	return [...values, JSON.stringify(doneMark)];
}

/** The values of an array are events, one after the other. `text` is `value` as it came. */
function valuesOf(value: unknown, text: string): readonly string[] {
	if (!Array.isArray(value)) {
		return [text];
	}
	const values: readonly unknown[] = value;
	try {
		return values.map((each) => JSON.stringify(each));
	} catch {
		// Nested deeper than the stack; no answer is.
		return [text];
	}
}

/** Not a piece of one. */
function isWholeAnswer(value: unknown): boolean {
	const choice = firstChoice(value);
	return isRecord(choice) && !isFilled(choice["delta"]);
}

/** The JSON texts for the data of one event; none for a heartbeat. */
function eventValues(data: string, event: string): readonly string[] {
	const text = data.trim();
	if (isDone(text)) {
		return [JSON.stringify(doneMark)];
	}
	if (text === "" || heartbeat.test(text) || heartbeat.test(event)) {
		return [];
	}
	const json = parsed(text);
	if (json !== undefined && typeof json.value !== "string") {
		const failure = failureIn(json.value, event);
		const saysDone = doneEvent.test(event) && isRecord(json.value) && !hasAnswer(json.value);
		if (failure === undefined && saysDone) {
			return [JSON.stringify(doneMark)];
		}
		return failure === undefined ? valuesOf(json.value, text) : [failure];
	}
	if (/^\{|^\[(?!\w)/.test(text)) {
		// Broken: whoever parses it says so.
		return [text];
	}
	const words = typeof json?.value === "string" ? json.value : text.slice(0, maxWordsLength);
	return [JSON.stringify(isFailureEvent(event) ? { error: { message: words } } : words)];
}
