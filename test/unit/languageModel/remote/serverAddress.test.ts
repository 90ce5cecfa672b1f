import { describe, expect, test } from "vitest";
import { parseServerAddress } from "../../../../src/languageModel/remote/serverAddress.ts";
import { faultIn } from "./openServer.ts";

describe("a server's address", () => {
	test.each([
		["http://127.0.0.1:8000", "http://127.0.0.1:8000/v1", "http://127.0.0.1:8000"],
		[" https://models.example/v1/ ", "https://models.example/v1", "https://models.example"],
		["https://host/openai/v1", "https://host/openai/v1", "https://host/openai"],
		["https://host/api", "https://host/api", "https://host/api"],
	])("%s has its protocol at %s", (text, base, root) => {
		expect(parseServerAddress(text)).toMatchObject({ base, root });
	});

	test.each([
		"",
		"models",
		"ftp://host",
		"http://me:secret@host",
		"http://host/?key=secret",
		"http://h/#k",
	])("%j is refused with a sentence that doesn't repeat it", async (text) => {
		const fault = await faultIn(Promise.resolve().then(() => parseServerAddress(text)));
		expect(fault.code).toBe("serverMisconfigured");
		expect(fault.message).not.toContain("secret");
	});

	test.each([
		["http://localhost:8000", false],
		["http://127.1.2.3:8000", false],
		["http://[::1]:8000", false],
		["https://models.example", false],
		["http://models.example", true],
		["http://192.168.1.5:8000", true],
		["http://127.0.0.1.example", true],
	])("%s warns: %s", (text, warns) => {
		expect(parseServerAddress(text).warning !== undefined).toBe(warns);
	});
});
