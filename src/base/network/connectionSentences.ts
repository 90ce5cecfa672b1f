/** What is the matter with a connection, by the codes of Node, OpenSSL, BoringSSL, undici and Chromium. */
const sentences: readonly (readonly [RegExp, (origin: string, code: string) => string])[] = [
	// OpenSSL has a record that begins with letters; "HTTP_REQUEST" is what it calls the other way round.
	[
		/WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG|HTTP_REQUEST|HTTPS_PROXY_REQUEST|UNKNOWN_PROTOCOL|RECORD_TOO_(?:LARGE|LONG)|DATA_LENGTH_TOO_LONG|SSL_PROTOCOL_ERROR/,
		(origin, code) =>
			`${origin} doesn't speak https there (${code}); begin its address with http://, or set the port that has https.`,
	],
	[
		/^HPE_/,
		(origin, code) =>
			`${origin} doesn't speak ${scheme(origin)} there (${code}); ${isSecure(origin) ? "" : "begin its address with https://, or "}check the port.`,
	],
	[
		/ALTNAME_INVALID|COMMON_NAME_INVALID/,
		(origin, code) =>
			`The certificate of ${origin} is for another name (${code}); use the address that it is for.`,
	],
	[
		/CERT_HAS_EXPIRED|CERT_NOT_YET_VALID|CERT_DATE_INVALID/,
		(origin, code) =>
			`The certificate of ${origin} isn't valid today (${code}); renew it, or check this machine's clock.`,
	],
	[
		/CERTIFICATE_REQUIRED|CLIENT_AUTH_CERT|HANDSHAKE_FAILURE(?:(?!HANDSHAKE).)*CERT/,
		(origin, code) =>
			`${origin} wants a client's certificate (${code}), which Mote doesn't have; use an address that takes a key.`,
	],
	[
		/CERT|SELF_SIGNED|UNABLE_TO_(?:VERIFY|GET)/,
		(origin, code) =>
			`The certificate of ${origin} isn't trusted here (${code}); add its authority to the system's.`,
	],
	[
		/^EPROTO$|TLS|SSL/,
		(origin, code) =>
			`No secure connection to ${origin} came about (${code}); check its TLS settings, and whether it has https at this port.`,
	],
	[
		/^(?:ECONNRESET|UND_ERR_SOCKET|EPIPE|ERR_EMPTY_RESPONSE|ERR_CONNECTION_(?:RESET|CLOSED))$/,
		(origin) => `${origin} closed the connection.`,
	],
];

function isSecure(origin: string): boolean {
	return origin.startsWith("https:");
}

function scheme(origin: string): string {
	return origin.slice(0, origin.indexOf(":"));
}

/** `causes` is an error with what caused it, outermost first. One sentence, which quotes no message. */
export function connectionFaultSentence(causes: readonly unknown[], origin: string): string {
	const codes = causes.flatMap((cause) => codeOf(cause) ?? []);
	for (const [pattern, sentence] of sentences) {
		const code = codes.find((each) => pattern.test(each));
		if (code !== undefined) {
			return sentence(origin, code);
		}
	}
	const [code] = codes;
	return `${origin} can't be reached${code === undefined ? "" : ` (${code})`}; start it, or check its address and the proxy.`;
}

/** Node's and undici's codes, and those that Chromium and OpenSSL put into their messages. Messages could quote anything. */
function codeOf(error: unknown): string | undefined {
	const code =
		typeof error === "object" && error !== null && "code" in error ? error.code : undefined;
	const message = error instanceof Error ? error.message : "";
	const openSsl = /\b(wrong version number|packet length too long|http request)\b/i.exec(message);
	if (openSsl?.[1] !== undefined) {
		return openSsl[1].toUpperCase().replaceAll(" ", "_");
	}
	if (typeof code === "string" && /^[A-Z][A-Z0-9_]{2,60}$/.test(code)) {
		return code;
	}
	return /\bnet::(ERR_[A-Z0-9_]{2,60})\b/.exec(message)?.[1];
}

/** An error with what caused it, outermost first; no more than a few. */
export function causesOf(error: unknown): readonly unknown[] {
	const chain: unknown[] = [];
	let link = error;
	while (link !== undefined && chain.length < 5) {
		chain.push(link);
		link = link instanceof Error ? link.cause : undefined;
	}
	return chain;
}
