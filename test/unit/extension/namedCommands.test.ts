import { globSync, readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import * as z from "zod";

const root = path.resolve(import.meta.dirname, "../../..");

const { contributes } = z
	.object({
		contributes: z.object({
			commands: z.array(z.object({ title: z.string(), category: z.string() })),
		}),
	})
	.parse(JSON.parse(readFileSync(path.join(root, "package.json"), "utf8")));

/** As the palette shows them. */
const titles = contributes.commands.map(({ title, category }) => `${category}: ${title}`);

const texts = globSync(
	[
		"src/**/*.ts",
		"docs/*.md",
		"media/walkthrough/*.md",
		"{README,SECURITY,SUPPORT}.md",
		"package.json",
	],
	{ cwd: root },
);

/** In quotation marks in sentences, in stars in Markdown. */
const mention = /“(Mote: [^”]+)”|\*\*?(Mote: [^*]+?)\*\*?/g;

const mentions = texts.flatMap((name) =>
	[...readFileSync(path.join(root, name), "utf8").matchAll(mention)].map(
		([, quoted, starred]) => [quoted ?? starred ?? "", name] as const,
	),
);

test("sentences name commands", () => {
	expect(mentions.length).toBeGreaterThan(8);
});

test.each(mentions)("the palette has %s, which %s names", (title) => {
	expect(titles).toContain(title);
});
