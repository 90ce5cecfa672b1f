import { isList, isRecord, type ServerWords } from "./serverWords.ts";

type Body = Readonly<Record<string, unknown>>;

/**
 * What a request can do without: the answer is the same, or comes with less beside it, or is written in the
 * server's own way. The model, the prompt and its parts aren't among it.
 */
const optionalFields: readonly string[] = [
	"stream_options",
	"skip_special_tokens",
	"repetition_penalty",
	"repeat_penalty",
	"cache_prompt",
	"logprobs",
	"n_probs",
	"seed",
	"stop",
	"temperature",
	"max_tokens",
	"max_completion_tokens",
	"n_predict",
	"stream",
];

/**
 * Statuses with which servers refuse what a request consists of, 500 where they hand it to a function that doesn't
 * know an argument; undefined for a failure in place of an answer.
 */
const refusals: ReadonlySet<number | undefined> = new Set([400, 415, 422, 500, 501, undefined]);

const unknownThing =
	/un(?:known|supported|recogni[sz]ed|expected)|extra|not (?:permitted|allowed|supported)/i;

const complaint =
	/un(?:known|supported|recogni[sz]ed|expected)|not (?:\w+ )?(?:permitted|allowed|supported|valid|implemented|available|recogni[sz]ed)|n['’o]t support|can ?not|can['’]t|invalid|bad|wrong|illegal|incorrect|extra|forbidden|disallow|only|must|should|(?:has|have|needs?) to|too (?:many|large|long)|at most|at least|up to|range|exceed|greater|larger|maximum|expected|no such|deprecated|disabled|remove|instead|require|\buse\b/i;

/** A server says so of what it does rather than of the field. */
const noStreaming =
	/streaming\b[^.]{0,30}(?:\bnot |n['’]t |\bun)(?:yet )?(?:supported|implemented|available|allowed|permitted|enabled)|n['’o]t support (?:\w+ )?streaming|streaming\b[^.]{0,10}\bdisabled/i;

/** How servers, and the chat templates of models such as Gemma's, refuse the rules of a conversation. */
const systemRoleComplaint =
	/system[_ ]?(?:role|message|prompt|instruction)|role[^.]{0,20}system|roles? must alternate|developer instruction|only [^.]{0,50}\broles? (?:are|is) (?:supported|allowed)|messages[.[]0\]?\.role|first message[^.]{0,30}user/i;

/**
 * `body` without what a server refuses in it, with a field under its other name, or with the rules put into the
 * first question; undefined where what it says is about something else. Whoever asks again with the result and is
 * refused again gets a smaller body each time, and so comes to an end.
 */
export function withoutRefused(
	body: Body,
	status: number | undefined,
	words: ServerWords,
): Body | undefined {
	if (!refusals.has(status)) {
		return undefined;
	}
	const withoutSystem = systemRoleComplaint.test(words.message)
		? withRulesInQuestion(body)
		: undefined;
	if (withoutSystem !== undefined) {
		return withoutSystem;
	}
	const sent = optionalFields.filter((field) => field in body);
	const named = sent.filter((field) => words.fields.includes(field));
	// What fails inside a server may say anything; what it refuses is said in many ways, and languages.
	const isRefusal = status !== 500 && status !== undefined;
	const complains = (status === 500 ? unknownThing : complaint).test(words.message);
	if (named.length === 0 && (complains || isRefusal)) {
		const told = complains ? sent : sent.filter((field) => !everydayWords.has(field));
		named.push(...firstNamed(told, words.message, isRefusal ? loosely : exactly));
	}
	if (named.length === 0 && isRefusal && "stream" in body && noStreaming.test(words.message)) {
		named.push("stream");
	}
	const [field] = named;
	if (field !== undefined) {
		return without(body, field, words.message);
	}
	return sent.length > 0 && refusesSomeField(words) ? withoutAll(body, sent) : undefined;
}

/** In the order of what the server says: what it would rather have stands behind. */
function firstNamed(
	sent: readonly string[],
	message: string,
	patternOf: (field: string) => string,
): readonly string[] {
	const places = sent.flatMap((field) => {
		// Part of no other name: "stream" isn't in "stream_options", "stop" isn't in "stopped".
		const at = message.search(new RegExp(`(?<![\\w-])(?:${patternOf(field)})(?![\\w-])`, "i"));
		return at < 0 ? [] : [{ field, at }];
	});
	return places.sort((a, b) => a.at - b.at).map(({ field }) => field);
}

/** Fields whose names say nothing on their own. */
const everydayWords: ReadonlySet<string> = new Set(["stop", "stream"]);

const exactly = (field: string): string => field;

/** Servers say what they mean in their own words, and name what they would rather have instead of what they got. */
const otherNames: ReadonlyMap<string, string> = new Map([
	["stream", "stream(?! options)"],
	["stream_options", "stream[_ ]options"],
	["logprobs", "log[_ -]?prob(?:abilitie)?s"],
	["stop", "stop(?:_sequences?)?"],
	["max_tokens", "max_tokens|max_completion_tokens"],
	["max_completion_tokens", "max_completion_tokens|max_tokens"],
]);

const loosely = (field: string): string => otherNames.get(field) ?? field;

/** It speaks of fields, and says of none of those that were sent which. */
function refusesSomeField({ message }: ServerWords): boolean {
	return (
		/\b(?:fields?|parameters?|params?|arguments?|inputs?|keys?|propert(?:y|ies)|options?)\b/i.test(
			message,
		) && unknownThing.test(message)
	);
}

/** It takes the field, and not its value: under another name that would be refused again. */
const isAmount = /too (?:large|many)|at most|range|exceed|greater than|larger than|less than/i;

function without(body: Body, field: string, message: string): Body {
	const { [field]: value, ...rest } = body;
	switch (field) {
		case "stream":
			return withoutAll(rest, ["stream_options"]);
		case "max_tokens":
			return message.includes("max_completion_tokens") && !isAmount.test(message)
				? { ...rest, max_completion_tokens: value }
				: rest;
		case "max_completion_tokens":
			return /(?<![\w-])max_tokens/.test(message) && !isAmount.test(message)
				? { ...rest, max_tokens: value }
				: rest;
		default:
			return rest;
	}
}

function withoutAll(body: Body, fields: readonly string[]): Body {
	return Object.fromEntries(Object.entries(body).filter(([name]) => !fields.includes(name)));
}

/** Undefined for a body that has no system message with a question behind it. */
function withRulesInQuestion(body: Body): Body | undefined {
	const { messages } = body;
	if (!isList(messages)) {
		return undefined;
	}
	const [system, question, ...rest] = messages;
	if (!isRecord(system) || !isRecord(question) || system["role"] !== "system") {
		return undefined;
	}
	const texts = [system["content"], question["content"]].filter((each) => typeof each === "string");
	return { ...body, messages: [{ role: "user", content: texts.join("\n\n") }, ...rest] };
}

/** A server that wants a field under the one name and then under the other is no longer asked. */
const maxChanges = 16;

/** What one server refused before, so that it isn't sent again. */
export class RefusedFields {
	/** By path: what was taken from a body, in order. */
	readonly #learned = new Map<string, ((body: Body) => Body)[]>();

	/** `body` as the server takes it, by what is known. */
	fitting(path: string, body: object | undefined): Body | undefined {
		return body === undefined
			? undefined
			: (this.#learned.get(path) ?? []).reduce<Body>((fitted, change) => change(fitted), {
					...body,
				});
	}

	/** Whether something was learned of a refusal, and a request may be tried again. */
	learn(
		path: string,
		body: Body | undefined,
		status: number | undefined,
		words: ServerWords,
	): boolean {
		const learned = this.#learned.get(path) ?? [];
		if (
			body === undefined ||
			learned.length >= maxChanges ||
			withoutRefused(body, status, words) === undefined
		) {
			return false;
		}
		this.#learned.set(path, [...learned, (next) => withoutRefused(next, status, words) ?? next]);
		return true;
	}
}
