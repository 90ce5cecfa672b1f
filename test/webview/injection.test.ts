/**
 * A model's output is hostile: whatever it writes, and however it is cut while it streams, nothing of it
 * runs, nothing is fetched, it becomes only harmless elements, and the view goes on reacting.
 */
import fc from "fast-check";
import type { Browser } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { launchBrowser } from "../workbench/browser.ts";
import { ChatPage } from "./chatPage.ts";
import { allPayloads, hostileStream } from "./hostileMarkdown.ts";
import { answer, question } from "./messages.ts";
import { serveView, type ViewServer } from "./viewServer.ts";

let server: ViewServer;
let browser: Browser;
let chat: ChatPage;

beforeAll(async () => {
	server = await serveView();
	browser = await launchBrowser();
});

beforeEach(async () => {
	chat = await ChatPage.open(browser, server);
	await chat.waitForSent("ready");
	await chat.tellState();
});

afterEach(async () => {
	await chat.close();
});

afterAll(async () => {
	await browser.close();
	await server[Symbol.asyncDispose]();
});

/** What stands in the answers that mustn't; the view's own buttons and icons are left out. */
const harm = `(() => {
	const tags = new Set("h1 h2 h3 h4 h5 h6 p hr br blockquote ul ol li pre code em strong s a span table thead tbody tr th td".split(" "));
	const attributes = new Set("class data-href title start dir role tabindex aria-label".split(" "));
	const own = new Set("block table-scroll code-block code-header code-language code-buttons".split(" "));
	const found = [];
	for (const element of document.querySelectorAll(".blocks *")) {
		if (element.closest(".code-buttons") !== null && !element.matches(".code-buttons")) continue;
		const name = element.localName;
		if (!tags.has(name) && !own.has(element.className)) found.push(name);
		for (const attribute of element.attributes) {
			if (!attributes.has(attribute.name)) found.push(name + " " + attribute.name);
		}
		const href = element.getAttribute("data-href") ?? "";
		if (/^\\s*[a-z][a-z0-9+.-]*:/i.test(href) && !/^https?:\\/\\//i.test(href)) found.push(href);
	}
	if (document.querySelector(".messages script, .messages iframe, .messages img, .messages form, .messages style, .messages link, .messages meta") !== null) found.push("loading");
	return { found, ran, violations };
})()`;

async function expectHarmless(): Promise<void> {
	expect(await chat.page.evaluate(harm)).toEqual({ found: [], ran: 0, violations: [] });
	expect(chat.foreignRequests).toEqual([]);
	expect(chat.errors).toEqual([]);
}

async function showStream(id: string, chunks: readonly string[]): Promise<void> {
	await chat.tell({ kind: "message", message: answer(id, "", { status: { kind: "writing" } }) });
	for (const text of chunks) {
		await chat.tell({ kind: "delta", messageId: id, text });
	}
	await chat.tell({ kind: "message", message: answer(id, chunks.join("")) });
	await chat.drawn();
}

test("every known payload is shown as text", async () => {
	await showStream("a1", [allPayloads]);
	await expectHarmless();
	expect(await chat.page.locator(".blocks").textContent()).toContain("<script>ran += 1</script>");
});

test("payloads in questions, titles, names, paths and notices are text too", async () => {
	const name = "<img src=x onerror='ran += 1'>";
	const meter = {
		usedTokens: 1,
		budgetTokens: 2,
		parts: [{ label: name, tokens: 1 }],
		leftOut: [name],
	};
	await chat.tellState({
		conversation: {
			id: "c1",
			title: name,
			messages: [
				question("q1", allPayloads, { meter }),
				answer("a1", "", { modelName: name, status: { kind: "failed", sentence: name } }),
			],
		},
		conversations: [{ id: "c1", title: name, updatedAt: 0, messageCount: 1 }],
		model: { id: "m", name, place: "remote", server: name, canChat: false },
		reviews: [
			{
				id: "r1",
				path: name,
				title: name,
				problem: undefined,
				hunks: [{ startLine: 1, lines: [`+${name}`], decision: "open" }],
			},
		],
	});
	await chat.tell({ kind: "notice", text: name });
	await chat.button("Conversations").click();
	await expectHarmless();
	expect(await chat.page.locator("img").count()).toBe(0);
});

test("whatever is clicked in a hostile answer, only the web and files are asked for", async () => {
	await showStream("a1", [allPayloads]);
	await chat.page.evaluate("document.querySelectorAll('.blocks *').forEach((e) => e.click?.())");
	await expectHarmless();
	for (const { href } of chat.sent("openLink")) {
		expect(href).toMatch(/^https?:\/\//);
	}
	expect(chat.page.url()).toBe(`${server.origin}/`);
});

test("no hostile text does any harm, however it is cut while it streams", async () => {
	let count = 0;
	await fc.assert(
		fc.asyncProperty(hostileStream, async (chunks) => {
			count += 1;
			await showStream(`a${count % 5}`, chunks);
			await expectHarmless();
		}),
		{ numRuns: 120 },
	);
});

test.each([
	["paragraphs", "Some **words** of prose.\n\n"],
	["one line", "[word](x "],
	["a list", "- item `code`\n"],
	["a table", "| a | b |\n|---|---|\n"],
	["code", "```ts\nlet a = 1;\n```\n\n"],
	["unclosed marks", "**_`[<"],
	["nested quotes", "> > > "],
])("five megabytes of %s leave the view responsive", async (_, unit) => {
	const text = unit.repeat(Math.ceil(5_000_000 / unit.length));
	await chat.page.evaluate(`{
		window.frames_ = 0;
		const count = () => { window.frames_ += 1; requestAnimationFrame(count); };
		requestAnimationFrame(count);
	}`);
	await chat.tell({ kind: "message", message: answer("a1", "", { status: { kind: "writing" } }) });
	const chunk = 500_000;
	for (let start = 0; start < text.length; start += chunk) {
		await chat.tell({ kind: "delta", messageId: "a1", text: text.slice(start, start + chunk) });
	}
	await chat.tell({ kind: "message", message: answer("a1", text) });
	await chat.drawn();
	// The work was spread over frames, and only the first part of the text is on the page.
	expect(await chat.page.evaluate<number>("frames_")).toBeGreaterThan(10);
	const shown = await chat.page.evaluate<number>(
		"document.querySelector('.blocks').textContent.length",
	);
	expect(shown).toBeLessThan(250_000);
	await chat.page.locator("vscode-button", { hasText: "Show more" }).waitFor();
	await chat.input.pressSequentially("hello");
	expect(await chat.input.inputValue()).toBe("hello");
	await expectHarmless();
});
