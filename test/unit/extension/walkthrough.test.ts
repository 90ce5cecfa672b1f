import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import * as z from "zod";

const root = path.resolve(import.meta.dirname, "../../..");

const stepSchema = z.object({
	id: z.string(),
	title: z.string(),
	description: z.string(),
	media: z.union([
		z.object({ markdown: z.string() }),
		z.object({ image: z.record(z.string(), z.string()), altText: z.string().min(1) }),
	]),
	completionEvents: z.array(z.string()).min(1),
});

const { contributes } = z
	.object({
		contributes: z.object({
			commands: z.array(z.object({ command: z.string() })),
			walkthroughs: z.array(z.object({ id: z.string(), steps: z.array(stepSchema) })),
		}),
	})
	.parse(JSON.parse(readFileSync(path.join(root, "package.json"), "utf8")));

const commands = new Set(contributes.commands.map(({ command }) => command));
const steps = contributes.walkthroughs.flatMap((walkthrough) => walkthrough.steps);

test("the walkthrough goes from a first suggestion to what leaves the machine", () => {
	expect(contributes.walkthroughs.map(({ id }) => id)).toEqual(["start"]);
	expect(steps.map(({ id }) => id)).toEqual(["complete", "keys", "chat", "models", "privacy"]);
});

test.each(steps.map((step) => [step.id, step] as const))(
	"step %s names commands, has its media, and ticks by what a person does",
	(_id, { description, media, completionEvents }) => {
		const named = [...description.matchAll(/\(command:([\w.]+)\)/g)].map(([, name]) => name ?? "");
		expect(named.length).toBeGreaterThan(0);
		const awaited = completionEvents.flatMap((event) =>
			event.startsWith("onCommand:") ? [event.slice("onCommand:".length)] : [],
		);
		for (const command of [...named, ...awaited]) {
			expect(commands).toContain(command);
		}
		const files = "markdown" in media ? [media.markdown] : Object.values(media.image);
		for (const file of files) {
			expect(existsSync(path.join(root, file)), file).toBe(true);
		}
	},
);

test("the step about suggestions ticks when one is taken, by the context that the extension sets", () => {
	const source = readFileSync(path.join(root, "src/extension/firstDay.ts"), "utf8");
	const [context] = steps
		.flatMap(({ completionEvents }) => completionEvents)
		.flatMap((event) => (event.startsWith("onContext:") ? [event.slice("onContext:".length)] : []));
	expect(context).toBe("mote.hasAccepted");
	expect(source).toContain(`"setContext", "${context ?? ""}", true`);
	expect(source).toMatch(/"mote\.mote#start"/);
});
