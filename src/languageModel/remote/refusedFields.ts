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
	/un(?:known|supported|recogni[sz]ed|expected)|not (?:\w+ )?(?:permitted|allowed|supported|valid|implemented|available|recogni[sz]ed)|n['’o]t support|cannot|can['’]t|invalid|extra|forbidden|only|must|too (?:many|large|long)|at most|at least|deprecated|disabled|remove/i;

/** How servers, and the chat templates of models such as Gemma's, refuse the rules of a conversation. */
const systemRoleComplaint =
	/system[_ ]?(?:role|message|prompt|instruction)|role[^.]{0,20}system|roles? must alternate|developer instruction|first message[^.]{0,30}user/i;

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
	const complains = status === 500 ? unknownThing : complaint;
	if (named.length === 0 && complains.test(words.message)) {
		named.push(...firstNamed(sent, words.message));
	}
	const [field] = named;
	if (field !== undefined) {
		return without(body, field, words.message);
	}
	return sent.length > 0 && refusesSomeField(words) ? withoutAll(body, sent) : undefined;
}

/** In the order of what the server says: what it would rather have stands behind. */
function firstNamed(sent: readonly string[], message: string): readonly string[] {
	const places = sent.flatMap((field) => {
		// Part of no other name: "stream" isn't in "stream_options", "stop" isn't in "stopped".
		const at = message.search(new RegExp(`(?<![\\w-])${field}(?![\\w-])`, "i"));
		return at < 0 ? [] : [{ field, at }];
	});
	return places.sort((a, b) => a.at - b.at).map(({ field }) => field);
}

/** It speaks of fields, and says of none of those that were sent which. */
function refusesSomeField({ message }: ServerWords): boolean {
	return (
		/\b(?:fields?|parameters?|params?|arguments?|inputs?|keys?|propert(?:y|ies)|options?)\b/i.test(
			message,
		) && unknownThing.test(message)
	);
}

function without(body: Body, field: string, message: string): Body {
	const { [field]: value, ...rest } = body;
	switch (field) {
		case "stream":
			return withoutAll(rest, ["stream_options"]);
		case "max_tokens":
			return message.includes("max_completion_tokens")
				? { ...rest, max_completion_tokens: value }
				: rest;
		case "max_completion_tokens":
			return /(?<![\w-])max_tokens/.test(message) ? { ...rest, max_tokens: value } : rest;
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
