import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { importCheckpoint } from "../../../src/importer/importCheckpoint.ts";
import type { ChatFormat } from "../../../src/model/manifest.ts";
import { openModel } from "../../../src/model/modelStore.ts";
import { checkChatFormat } from "../../../src/prompt/chatTemplate.ts";
import { writeRandomCheckpoint } from "../../support/randomCheckpoint.ts";
import { testChat } from "../../support/testModel.ts";

const { template } = testChat;
const tinyShape = { num_hidden_layers: 1, num_experts: 2 };

let root: string;
beforeEach(async () => {
	root = await mkdtemp(join(tmpdir(), "mote-chat-import-"));
});
afterEach(() => rm(root, { recursive: true }));

async function imported(
	tokenizerConfig: Readonly<Record<string, unknown>> | undefined,
	files: Readonly<Record<string, string>> = {},
): Promise<{ readonly chat: ChatFormat | undefined; readonly notices: readonly string[] }> {
	await writeRandomCheckpoint(join(root, "checkpoint"), {
		shape: tinyShape,
		...(tokenizerConfig && { tokenizerConfig }),
	});
	for (const [name, text] of Object.entries(files)) {
		await writeFile(join(root, "checkpoint", name), text);
	}
	const notices: string[] = [];
	await importCheckpoint(join(root, "checkpoint"), join(root, "model"), {
		quantization: "int4",
		checkChat: checkChatFormat,
		onNotice: (sentence) => notices.push(sentence),
	});
	return { chat: (await openModel(join(root, "model"))).manifest.chat, notices };
}

describe("an import takes the chat template", () => {
	test("of tokenizer_config.json, with the special tokens that go with it", async () => {
		const { chat, notices } = await imported(
			{
				chat_template: template,
				bos_token: null,
				eos_token: { content: "<|pad|>", special: true },
				unknown: { anything: 1 },
			},
			{ "generation_config.json": JSON.stringify({ eos_token_id: [6, 0, 999] }) },
		);
		expect(notices).toEqual([]);
		expect(chat).toEqual({
			template,
			specialTokens: ["<|repo|>", "<|pad|>"],
			stopTokens: ["<|pad|>", "<|endoftext|>"],
			eosToken: "<|pad|>",
		});
	});

	test("called default, where there are several", async () => {
		const { chat } = await imported({
			chat_template: [
				{ name: "tool_use", template: "{{ tools }}" },
				{ name: "default", template },
			],
		});
		expect(chat?.template).toBe(template);
	});

	test("of chat_template.jinja, which goes before the other", async () => {
		const { chat } = await imported(
			{ chat_template: "{{ other }}", eos_token: "<unknown>" },
			{ "chat_template.jinja": template },
		);
		expect(chat).toEqual({ template, specialTokens: ["<|repo|>", "<|pad|>"], stopTokens: [] });
	});
});

describe("an import leaves the chat out", () => {
	test("where the checkpoint has none", async () => {
		expect(await imported(undefined)).toEqual({ chat: undefined, notices: [] });
		await rm(join(root, "model"), { recursive: true });
		expect(await imported({ chat_template: null })).toEqual({ chat: undefined, notices: [] });
	});

	test.each([
		["a template that fails", "{{ raise_exception('no') }}", "it fails on a conversation"],
		["a template that isn't one", "{% if %}", "it is not a template"],
		[
			"a template that never ends",
			`${"{% for a in range(9999) %}".repeat(9)}${"{% endfor %}".repeat(9)}`,
			"it fails on a conversation",
		],
		["a template that is too long", `${template}{# ${"x".repeat(70_000)} #}`, "more than 65536"],
	])("with %s, and says so", async (_, chatTemplate, problem) => {
		const { chat, notices } = await imported({ chat_template: chatTemplate });
		expect(chat).toBeUndefined();
		expect(notices).toEqual([expect.stringContaining(problem)]);
		expect(notices[0]).toMatch(/^The model is imported for completions only.*[.]$/);
	});
});

test("a tokenizer_config.json that is none fails the import with a sentence", async () => {
	await expect(imported({ chat_template: 7 })).rejects.toMatchObject({
		code: "checkpointInvalid",
	});
});
