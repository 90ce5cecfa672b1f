import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import { ReasoningFilter } from "../chat/reasoning.ts";
import { LanguageModelError } from "../languageModel/errors.ts";
import type { AnswerEnd, ChatMessage, ChatModel } from "../languageModel/languageModel.ts";

export interface ChatLoopOptions {
	readonly model: ChatModel;
	readonly input: Readable;
	/** Gets the answers and nothing else. */
	readonly output: Writable;
	/** Gets what is about the answers. */
	readonly notices: Writable;
	/** Whether a person sits there: asks for the next line, and Ctrl+C comes as a key. */
	readonly isTerminal: boolean;
	/** First message of every conversation; "" for none. */
	readonly system: string;
	readonly maxAnswerTokens: number;
	readonly temperature: number;
	/** Registers what Ctrl+C does where it doesn't come as a key; returns how to undo it. */
	readonly onInterrupt: (listener: () => void) => () => void;
}

const prompt = "> ";
/** Starts another conversation. */
const newConversation = "/new";

/**
 * A conversation over lines of text: each line is a question, answered as it is written. Ctrl+C stops the
 * answer that is written, and else ends the conversation, as the end of the input does. A question that
 * can't be answered is forgotten. Returns how many weren't answered.
 */
export async function chatOverLines(options: ChatLoopOptions): Promise<number> {
	const { input, notices, isTerminal } = options;
	const lines = createInterface({
		input,
		crlfDelay: Infinity,
		terminal: isTerminal,
		...(isTerminal && { output: notices, prompt }),
	});
	let answering: AbortController | undefined;
	const interrupt = (): void => {
		if (answering === undefined) {
			lines.close();
		} else {
			answering.abort();
		}
	};
	lines.on("SIGINT", interrupt);
	const forget = options.onInterrupt(interrupt);
	let isClosed = false;
	lines.once("close", () => (isClosed = true));
	const askForLine = (): void => {
		// Lines may still be left when the input is at its end.
		if (isTerminal && !isClosed) {
			lines.prompt();
		}
	};
	let messages: readonly ChatMessage[] = [];
	let unanswered = 0;
	try {
		askForLine();
		for await (const line of lines) {
			const question = line.trim();
			if (question === newConversation) {
				messages = [];
			} else if (question !== "") {
				answering = new AbortController();
				const answer = await answerTo(question, messages, options, answering.signal);
				answering = undefined;
				unanswered += answer === undefined ? 1 : 0;
				messages = answer ?? messages;
			}
			askForLine();
		}
	} finally {
		forget();
		lines.close();
	}
	return unanswered;
}

/** The conversation with the answer to `question`; undefined where there is none, which is then said. */
async function answerTo(
	question: string,
	earlier: readonly ChatMessage[],
	options: ChatLoopOptions,
	signal: AbortSignal,
): Promise<readonly ChatMessage[] | undefined> {
	const { model, output, notices, system, maxAnswerTokens, temperature } = options;
	const messages = withinBudget(
		[...earlier, { role: "user", content: question }],
		budgetOf(options),
		model,
	);
	if (messages.length <= earlier.length) {
		notices.write("(The beginning of the conversation no longer fits the model.)\n");
	}
	const all: readonly ChatMessage[] = [
		...(system === "" ? [] : [{ role: "system" as const, content: system }]),
		...messages,
	];
	const reasoning = new ReasoningFilter();
	let text = "";
	let end: AnswerEnd;
	const write = (part: string): void => {
		text += part;
		output.write(printable(part));
	};
	try {
		const stream = model.answer({ messages: all, maxAnswerTokens, temperature }, signal);
		let next = await stream.next();
		while (next.done !== true) {
			write(reasoning.push(next.value));
			next = await stream.next();
		}
		write(reasoning.end());
		({ end } = next.value);
	} catch (error) {
		if (!(error instanceof LanguageModelError)) {
			throw error;
		}
		output.write(text === "" ? "" : "\n");
		notices.write(`${error.message}\n`);
		return undefined;
	}
	output.write("\n");
	if (end === "cancelled" || end === "length") {
		notices.write(end === "cancelled" ? "(stopped)\n" : "(cut at the most tokens of an answer)\n");
	}
	return text === "" ? messages : [...messages, { role: "assistant", content: text }];
}

function budgetOf({ model, maxAnswerTokens, system }: ChatLoopOptions): number {
	const systemTokens = model.countTokens(system) + model.tokensPerMessage;
	return model.description.contextTokens - maxAnswerTokens - systemTokens;
}

/** `messages` without the oldest turns, so that they fit; the question always stays. */
function withinBudget(
	messages: readonly ChatMessage[],
	budgetTokens: number,
	model: ChatModel,
): readonly ChatMessage[] {
	const tokens = messages.map(({ content }) => model.countTokens(content) + model.tokensPerMessage);
	let total = tokens.reduce((sum, count) => sum + count, 0);
	let first = 0;
	while (total > budgetTokens && first < messages.length - 1) {
		total -= tokens[first] ?? 0;
		first++;
		// A conversation begins with a question.
		while (messages[first]?.role === "assistant") {
			total -= tokens[first] ?? 0;
			first++;
		}
	}
	return messages.slice(first);
}

/** Without control characters: what a model writes must not move the cursor or rename the window. */
function printable(text: string): string {
	return text.replaceAll(/[^\P{Cc}\n\t]/gu, "");
}
