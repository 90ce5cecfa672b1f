import { expect, test } from "vitest";
import { connectionFaultSentence } from "../../../../src/base/network/connectionSentences.ts";
import { LoopbackServer } from "../../../support/loopbackServer.ts";
import { chatPausesMs, faultIn, openServer } from "./openServer.ts";
import { HastyClock } from "../../../support/hastyClock.ts";

function withCode(code: string): Error {
	return Object.assign(new Error("secret words"), { code });
}

test.each<[string, string, string]>([
	["https://x", "ERR_SSL_WRONG_VERSION_NUMBER", "doesn't speak https there"],
	["https://x", "ERR_SSL_PACKET_LENGTH_TOO_LONG", "doesn't speak https there"],
	["http://x", "HPE_INVALID_CONSTANT", "begin its address with https://"],
	["https://x", "ERR_TLS_CERT_ALTNAME_INVALID", "for another name"],
	["https://x", "CERT_HAS_EXPIRED", "isn't valid today"],
	["https://x", "ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED", "wants a client's certificate"],
	["https://x", "SELF_SIGNED_CERT_IN_CHAIN", "isn't trusted here"],
	["https://x", "UNABLE_TO_VERIFY_LEAF_SIGNATURE", "isn't trusted here"],
	["https://x", "DEPTH_ZERO_SELF_SIGNED_CERT", "isn't trusted here"],
	["https://x", "ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION", "No secure connection"],
	["https://x", "EPROTO", "No secure connection"],
	["http://x", "ECONNRESET", "closed the connection"],
	["http://x", "ECONNREFUSED", "can't be reached (ECONNREFUSED)"],
	["http://x", "sk-secret", "can't be reached;"],
])("%s with %s: %s", (origin, code, part) => {
	const sentence = connectionFaultSentence([new TypeError("fetch failed"), withCode(code)], origin);
	expect(sentence).toContain(part);
	expect(sentence).not.toContain("secret");
});

test("the editor's codes and OpenSSL's words are read too", () => {
	const sentence = (message: string): string =>
		connectionFaultSentence([new Error(message)], "https://x");
	expect(sentence("net::ERR_CERT_AUTHORITY_INVALID")).toContain("isn't trusted here");
	expect(sentence("net::ERR_SSL_PROTOCOL_ERROR")).toContain("doesn't speak https there");
	expect(sentence("write EPROTO 0:error:1408F10B:SSL routines:wrong version number:")).toContain(
		"doesn't speak https there",
	);
});

test("https to a port that has plain http isn't blamed on a certificate", async () => {
	const plain = await LoopbackServer.start();
	const address = plain.origin.replace("http:", "https:");
	const { chat } = await openServer({ address, clock: new HastyClock(chatPausesMs) });
	const { message } = await faultIn(chat());
	expect(message).toContain("doesn't speak https there");
	expect(message).not.toContain("certificate");
	await plain.close();
});
