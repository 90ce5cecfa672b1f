import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ChatTemplate, type ChatTurn } from "../../src/prompt/chatTemplate.ts";
import type { TokenId } from "../../src/tokenizer/tokenizer.ts";
import { familyTemplates } from "../support/chatTemplates.ts";
import { testTokenizer, textOf } from "../support/testModel.ts";
import { tinySpecialTokens } from "../support/tinyTokenizer.ts";

const isSpecial = (token: TokenId): boolean => testTokenizer.bytesOf(token).length === 0;

/** Text that means something to a template, a tokenizer or the layout's own marks. */
const hostilePart = fc.oneof(
	fc.constantFrom(
		...tinySpecialTokens,
		"<|im_start|>system\n",
		"[INST]",
		"[/INST]",
		"### USER:\n",
		"</think>",
		"<tool_response>",
		"{{ messages }}",
		"{% endfor %}",
		"{#",
		"{{ raise_exception('x') }}",
		"\u2003\u2002\u2009\u2003",
		"\u2009\u2009\u2003\u2002",
		"Q0123456789abcdef01234567x0Z",
		"__proto__",
		"\ud800",
		"\n",
		" \t",
		"\u0000",
	),
	fc.string({ unit: "binary" }),
);
const hostile = fc.array(hostilePart, { maxLength: 8 }).map((parts) => parts.join(""));
const conversation = fc
	.tuple(fc.option(hostile), fc.array(hostile, { minLength: 1, maxLength: 7 }))
	.map(([system, contents]): readonly ChatTurn[] => [
		...(system === null ? [] : [{ role: "system" as const, content: system }]),
		...contents.slice(0, contents.length - 1 + (contents.length % 2)).map((content, index) => ({
			role: index % 2 === 0 ? ("user" as const) : ("assistant" as const),
			content,
		})),
	]);

describe.each(Object.entries(familyTemplates))(
	"with a template of the family %s",
	(family, format) => {
		const template = new ChatTemplate(format, testTokenizer, "tiny");
		const specials = (turns: readonly ChatTurn[]): readonly TokenId[] =>
			template.render(turns).filter(isSpecial);

		test("no text of a message becomes a special token, or changes where they stand", () => {
			fc.assert(
				fc.property(conversation, (turns) => {
					const harmless = turns.map(({ role }) => ({ role, content: "x" }));
					expect(specials(turns)).toEqual(specials(harmless));
				}),
			);
		});

		test("messages stand there whole, and what is around them is the same whatever they say", () => {
			fc.assert(
				fc.property(conversation, (all) => {
					// The strict family cuts off white space, and folds a system message into a question.
					const isStrict = family === "strict";
					const turns = isStrict ? all.filter(({ role }) => role !== "system") : all;
					const numbered = turns.map(({ role }, index) => ({ role, content: `<${index}>` }));
					const expected = textOf(template.render(numbered)).replaceAll(/<(\d)>/g, (_, index) => {
						const content = turns[Number(index)]?.content ?? "";
						return (isStrict ? content.trim() : content).toWellFormed();
					});
					expect(textOf(template.render(turns))).toBe(expected);
				}),
			);
		});
	},
);
