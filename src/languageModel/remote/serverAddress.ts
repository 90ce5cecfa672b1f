import { isLoopback } from "../../base/network/loopback.ts";
import { LanguageModelError } from "../errors.ts";

export interface ServerAddress {
	/** Root of the OpenAI protocol, usually ending in `/v1`, without a slash at the end. */
	readonly base: string;
	/** {@link base} without `/v1`: where llama.cpp has its own endpoints. */
	readonly root: string;
	/** What people are shown. */
	readonly origin: string;
	readonly url: URL;
	/** One sentence about who could read along, undefined when there is nothing to say. */
	readonly warning: string | undefined;
}

/** Throws a {@link LanguageModelError} "serverMisconfigured". */
export function parseServerAddress(text: string): ServerAddress {
	const trimmed = text.trim();
	if (trimmed === "") {
		throw misconfigured(
			"No server is set; give its address, for example http://127.0.0.1:8000/v1.",
		);
	}
	if (!URL.canParse(trimmed)) {
		throw misconfigured(
			"The server's address can't be read; give one such as http://127.0.0.1:8000/v1.",
		);
	}
	const url = new URL(trimmed);
	if (url.protocol !== "http:" && url.protocol !== "https:") {
		throw misconfigured("The server's address has to begin with http:// or https://.");
	}
	if (url.username !== "" || url.password !== "") {
		throw misconfigured(
			"The server's address must not contain a user name or a password; set the server's key instead.",
		);
	}
	if (url.search !== "" || url.hash !== "") {
		throw misconfigured("The server's address must not contain “?” or “#”.");
	}
	const path = url.pathname.replace(/\/+$/, "");
	const base = `${url.origin}${path === "" ? "/v1" : path}`;
	return {
		base,
		root: base.replace(/\/v1$/, ""),
		origin: url.origin,
		url,
		warning:
			url.protocol === "http:" && !isLoopback(url.hostname)
				? `The connection to ${url.origin} is not encrypted: anyone on the network between can read your code and the server's key. Use https:// if the server has it.`
				: undefined,
	};
}

function misconfigured(message: string): LanguageModelError {
	return new LanguageModelError("serverMisconfigured", message);
}
