import { isRecord, serverWords } from "./serverWords.ts";

/** Whether an event of this name says what failed, whatever its data look like. */
export function isFailureEvent(event: string): boolean {
	return /^(?:error|exception|fail(?:ed|ure)?)$/i.test(event);
}

/** A failure in the shape that the client library knows; undefined for anything else. */
export function failureIn(value: unknown, event: string): string | undefined {
	const record: unknown = Array.isArray(value) ? value[0] : value;
	if (!isRecord(record)) {
		return undefined;
	}
	const choice = firstChoice(record);
	const failed =
		isRecord(choice) && (isFilled(choice["error"]) || choice["finish_reason"] === "error")
			? choice
			: record;
	const isFailure =
		failed !== record ||
		isFilled(record["error"]) ||
		isFailureEvent(event) ||
		record["object"] === "error" ||
		record["type"] === "error" ||
		isBareComplaint(record);
	if (!isFailure) {
		return undefined;
	}
	const { message, code } = serverWords(
		[record["error"], failed["error"]].find((each) => isFilled(each) && each !== true) ?? failed,
	);
	return JSON.stringify({ error: { message, code } });
}

export function isFilled(value: unknown): boolean {
	return (
		value !== undefined &&
		value !== null &&
		value !== "" &&
		value !== false &&
		!(typeof value === "object" && Object.keys(value).length === 0)
	);
}

/** Services that wrap all they say tell so of what went well, too. */
function saysSuccess(record: Readonly<Record<string, unknown>>): boolean {
	const { code, error_code: other, status_code: status, base_resp: response } = record;
	const told = [code, other, status, isRecord(response) ? response["status_code"] : undefined];
	return told.some((value) => /^(?:0|200|ok|success)$/i.test(String(value)));
}

/** Where services say what failed that answer with a status of success; MiniMax's is an object. */
const complaintKeys = ["detail", "errors", "msg", "error_msg", "error_message", "errorMessage"];

/** FastAPI's and others': a message, and nothing of an answer. */
function isBareComplaint(record: Readonly<Record<string, unknown>>): boolean {
	const { message, base_resp: response } = record;
	return (
		!hasAnswer(record) &&
		!saysSuccess(record) &&
		(typeof message === "string" ||
			isRecord(response) ||
			complaintKeys.some((key) => isFilled(record[key])))
	);
}

/** The first answer of an event. */
export function firstChoice(value: unknown): unknown {
	const choices: unknown = isRecord(value) ? value["choices"] : undefined;
	return Array.isArray(choices) ? choices[0] : undefined;
}

/** Whether there is something of an answer in it, or of what it cost. */
export function hasAnswer(record: Readonly<Record<string, unknown>>): boolean {
	return (
		["choices", "content", "usage", "timings", "response", "token"].some((key) => key in record) ||
		isRecord(record["message"])
	);
}
