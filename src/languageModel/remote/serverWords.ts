/** What a server said about a failure, in whichever of the many shapes. Foreign text: see {@link quoted}. */
export interface ServerWords {
	/** "" where it said nothing. */
	readonly message: string;
	/** Names of what it complains about, where it has a field for that. */
	readonly fields: readonly string[];
	/** A status, or a name such as "rate_limit_exceeded". */
	readonly code: string | undefined;
	/** Whether it names a time after which its model is loaded, as Hugging Face's services do. */
	readonly isLoading: boolean;
}

/** Objects in objects; what lies deeper is no message. */
const maxDepth = 6;
/** Complaints about one request. */
const maxComplaints = 8;
/** A sentence for people is made of it; the rest wouldn't be read. In UTF-16 units. */
const maxMessageLength = 4096;

const messageKeys = [
	"message",
	"error",
	"detail",
	"details",
	"msg",
	"errors",
	"error_description",
	"error_message",
	"error_msg",
	"errorMessage",
	"base_resp",
	"status_msg",
	"description",
	"reason",
	"title",
	"text",
] as const;

/**
 * Reads OpenAI's `{error: {message, param, code}}`, Ollama's `{error: "…"}`, vLLM's `{message: "…"}`, FastAPI's
 * `{detail: "…"}` and `{detail: [{loc, msg}]}`, Google's `[{error: {…}}]`, `{errors: [{…}]}`, problem details
 * (RFC 9457), JSON that a proxy put into a string, and a {@link ServerWords} itself.
 */
export function serverWords(value: unknown): ServerWords {
	const record = firstRecord(value);
	const nested = firstRecord(record?.["error"] ?? record?.["detail"]);
	return {
		message: messageIn(value, maxDepth).slice(0, maxMessageLength),
		fields: fieldsIn(value, maxDepth),
		code: codeOf(nested) ?? codeOf(record),
		isLoading: typeof record?.["estimated_time"] === "number" || record?.["isLoading"] === true,
	};
}

/** What the body of a failure says. A web page says nothing, and neither does half a JSON value. */
export function wordsInText(text: string): ServerWords {
	const trimmed = text.trim();
	try {
		return serverWords(JSON.parse(trimmed));
	} catch {
		return serverWords(/^(?:<|\{|\[)/.test(trimmed) ? undefined : trimmed);
	}
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
	return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function isList(value: unknown): value is readonly unknown[] {
	return Array.isArray(value);
}

function firstRecord(value: unknown): Readonly<Record<string, unknown>> | undefined {
	const first: unknown = Array.isArray(value) ? value[0] : value;
	return isRecord(first) ? first : undefined;
}

function messageIn(value: unknown, depth: number): string {
	if (depth === 0 || value === null || value === undefined) {
		return "";
	}
	if (typeof value === "string") {
		return unwrapped(value, depth);
	}
	if (Array.isArray(value)) {
		const complaints: readonly unknown[] = value.slice(0, maxComplaints);
		return complaints
			.map((each) => messageIn(each, depth - 1))
			.filter((message) => message !== "")
			.join("; ");
	}
	if (!isRecord(value)) {
		return "";
	}
	for (const key of messageKeys) {
		const message = messageIn(value[key], depth - 1);
		if (message !== "") {
			const place = placeOf(value);
			const cause = causeIn(value, depth);
			const whole = cause === "" || message.includes(cause) ? message : `${message}: ${cause}`;
			return place === undefined ? whole : `${place}: ${whole}`;
		}
	}
	return complaintsByField(value);
}

/** What the service behind a gateway said: OpenRouter's and Azure's place for it. */
function causeIn(record: Readonly<Record<string, unknown>>, depth: number): string {
	const { metadata, innererror } = record;
	const raw = isRecord(metadata) ? metadata["raw"] : undefined;
	return messageIn(raw ?? innererror, depth - 1);
}

/** Django's and others' `{"seed": ["Unknown field."]}`. */
function complaintsByField(record: Readonly<Record<string, unknown>>): string {
	return Object.entries(record)
		.slice(0, maxComplaints)
		.flatMap(([field, complaints]) =>
			// "fields" are names: those of this module's own result.
			isList(complaints) && field !== "fields"
				? complaints
						.slice(0, maxComplaints)
						.filter((complaint) => typeof complaint === "string")
						.map((complaint) => `${field}: ${complaint}`)
				: [],
		)
		.join("; ");
}

/** A proxy's message may be the JSON that it got itself. */
function unwrapped(text: string, depth: number): string {
	const trimmed = text.trim();
	if (!/^[[{]/.test(trimmed) || trimmed.length > maxMessageLength) {
		return trimmed;
	}
	try {
		return messageIn(JSON.parse(trimmed), depth - 1) || trimmed;
	} catch {
		return trimmed;
	}
}

/** FastAPI's `loc`, such as `["body", "stream_options"]`. */
function placeOf(value: Readonly<Record<string, unknown>>): string | undefined {
	const { loc } = value;
	if (!Array.isArray(loc)) {
		return undefined;
	}
	const names: readonly unknown[] = loc.slice(0, maxDepth);
	const place = names
		.filter((name) => typeof name === "string" || typeof name === "number")
		.filter((name) => name !== "body")
		.join(".");
	return place === "" ? undefined : place;
}

function fieldsIn(value: unknown, depth: number): readonly string[] {
	if (depth === 0) {
		return [];
	}
	if (Array.isArray(value)) {
		const complaints: readonly unknown[] = value.slice(0, maxComplaints);
		return complaints.flatMap((each) => fieldsIn(each, depth - 1));
	}
	if (!isRecord(value)) {
		return [];
	}
	const { param, field, parameter, path, loc, fields, params } = value;
	const listed: readonly unknown[] = [loc, fields].flatMap((names) =>
		isList(names) ? names.slice(0, maxDepth) : [],
	);
	const byField = [value["errors"], value["validation_errors"]].flatMap((complaints) =>
		isRecord(complaints) ? Object.keys(complaints).slice(0, maxComplaints) : [],
	);
	// JSON Schema's validators.
	const additional = isRecord(params) ? params["additionalProperty"] : undefined;
	return [param, field, parameter, path, additional, ...byField]
		.map((name) => (typeof name === "string" ? outermostField(name) : undefined))
		.concat(listed.map((name) => (typeof name === "string" ? name : undefined)))
		.filter((name) => name !== undefined)
		.concat(
			["error", "detail", "details", "errors"].flatMap((key) => fieldsIn(value[key], depth - 1)),
		);
}

/** The field of a request that a path is in: "/seed", "$.seed", "body.stream_options.include_usage". */
function outermostField(path: string): string {
	return path.replace(/^[#$/.]+|^body[./]/g, "").replace(/[./[].*$/s, "");
}

function codeOf(record: Readonly<Record<string, unknown>> | undefined): string | undefined {
	const code =
		record?.["code"] ?? record?.["status"] ?? record?.["status_code"] ?? record?.["error_code"];
	return typeof code === "string" || typeof code === "number" ? String(code) : undefined;
}
