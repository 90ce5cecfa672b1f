import type { MoteApi } from "../../src/extension/extension.ts";
import { closeEditors, openDocument, trigger } from "./mote.ts";

/** Files that teach a name, which no model would write by itself. */
export function nameInFiles(name: string): Readonly<Record<string, string>> {
	return {
		[`${name}.ts`]: `export function ${name}(depth: number): number {\n\treturn depth;\n}\n`,
		[`uses-${name}.ts`]: `import { ${name} } from "./${name}";\n\nexport const deep = ${name}(1);\n`,
	};
}

/**
 * Asks for the rest of the name until there is one: the editor tells of new files when it pleases. Each time in
 * another text, since an answer is kept for its place. The limit is that of the test.
 */
export async function nameCompleted(mote: MoteApi, name: string): Promise<void> {
	const begin = name.slice(0, 9);
	for (let attempt = 1; ; attempt++) {
		await openDocument("typescript", `// Attempt ${attempt}.\nconst depth = ${begin}║`);
		const outcome = await trigger(mote);
		if (
			outcome.kind === "completion" &&
			`${begin}${outcome.completion.insertText}`.startsWith(name)
		) {
			return;
		}
		await closeEditors();
	}
}
