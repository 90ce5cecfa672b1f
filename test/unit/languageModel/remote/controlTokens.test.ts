import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { neutralizeControlTokens } from "../../../../src/languageModel/remote/controlTokens.ts";
import { fimTemplates } from "../../../../src/languageModel/remote/fimTemplates.ts";

describe("control tokens in text", () => {
	const markers = Object.values(fimTemplates).flatMap((template) => [
		...template.markers,
		...template.stop.filter((stop) => /^[<[]/.test(stop)),
	]);
	const spelled = ["<|im_end|>", "<|endoftext|>", "<|fim_prefix|>", "<｜fim▁hole｜>", "[INST]"];

	test("none survives, however they are mixed into text, and all else does", () => {
		const fragments = [...markers, ...spelled, "<", "|", "<|", "|>", " ", "\n", "a"];
		fc.assert(
			fc.property(fc.array(fc.constantFrom(...fragments), { maxLength: 12 }), (words) => {
				const text = words.join("");
				const clean = neutralizeControlTokens(text, markers);
				for (const marker of [...markers, ...spelled]) {
					expect(clean).not.toContain(marker);
				}
				expect(clean.replaceAll(" ", "")).toBe(text.replaceAll(" ", ""));
			}),
		);
	});

	test.each([
		"a < b || c |> d",
		"vec<|x: u8| x>",
		"<div>[INSTALL]</div>",
		"x = a <| b |> c; y",
		"if (a<b|c>d) [i]",
		"<s>struck</s>",
	])("%s is code, and stays", (code) => {
		expect(neutralizeControlTokens(code, [])).toBe(code);
	});
});
