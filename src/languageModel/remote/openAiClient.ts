import OpenAI from "openai";
import { ServerFault } from "./faults.ts";
import { guardedFetch, type GuardedFetchOptions } from "./guardedFetch.ts";

/**
 * A client for one attempt. All that it would read from the environment is set here: keys and
 * organizations that are meant for another server, and a log level that prints prompts.
 */
export function openAiClient(options: GuardedFetchOptions): OpenAI {
	return new OpenAI({
		baseURL: options.address.base,
		// The real one is added by guardedFetch, where the library can't log it.
		apiKey: "none",
		adminAPIKey: null,
		organization: null,
		project: null,
		webhookSecret: null,
		logLevel: "off",
		maxRetries: 0,
		timeout: longestTimerMs,
		fetch: guardedFetch(options),
		// An extension host looks like a browser where it has a navigator.
		dangerouslyAllowBrowser: true,
	});
}

/** The largest delay of a timer; our own limits are shorter. */
const longestTimerMs = 2 ** 31 - 1;

/** What `read` has as a key, in a form that a header takes; undefined for none. Rejects with a {@link ServerFault}. */
export async function sendableKey(
	read: () => Promise<string | undefined>,
): Promise<string | undefined> {
	let key: string | undefined;
	try {
		key = (await read())?.trim();
	} catch {
		throw new ServerFault(
			"unauthorized",
			"The server's key can't be read from the secret storage; set it again.",
		);
	}
	if (key === undefined || key === "") {
		return undefined;
	}
	if (!/^[\x21-\x7e]{1,4096}$/.test(key)) {
		throw new ServerFault(
			"unauthorized",
			"The server's key has characters that can't be sent; set it again.",
		);
	}
	return key;
}
