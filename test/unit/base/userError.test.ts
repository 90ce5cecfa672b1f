import fc from "fast-check";
import { expect, test } from "vitest";
import { UserError } from "../../../src/base/userError.ts";

test.each([
	['the architecture "gp\n2" isn\'t known; choose another.', "gp 2"],
	['the tensor "a\r\n\tb" isn\'t there; take another.', "a b"],
	['the file "\u202egnp.exe" isn\'t a model; take another.', " gnp.exe"],
	['the name "\u001b[31mred\u2028" isn\'t known; correct it.', " [31mred "],
	['the name "🙂 größe" isn\'t known; correct it.', "🙂 größe"],
])("a name from outside stays within the sentence: %j", (sentence, shown) => {
	expect(new UserError("any", sentence).message).toContain(`"${shown}"`);
});

test("a message is one line of whole characters, whatever it quotes", () => {
	fc.assert(
		fc.property(fc.string({ unit: "binary" }), (name) => {
			const { message } = new UserError("any", `No ${name}; take another.`);
			expect(message).not.toMatch(/[\n\r\u0085\u2028\u2029]/);
			expect(message.isWellFormed()).toBe(true);
			expect(message.startsWith("No ")).toBe(true);
			expect(message.endsWith("; take another.")).toBe(true);
		}),
	);
});
