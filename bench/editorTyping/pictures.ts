import type { Hole } from "../../src/evaluation/hole.ts";
import type { SeenGhost } from "../../src/evaluation/typing/typingCount.ts";
import { launchBrowser } from "../../test/workbench/browser.ts";
import type { EditorPage } from "../../test/workbench/editorPage.ts";
import type { DrivenKind, GhostPicture } from "./drivenKind.ts";

/** With these the editor draws the theme that belongs to the system's colours. */
export const colorSchemeSettings = {
	"window.autoDetectColorScheme": true,
	"workbench.preferredDarkColorTheme": "Dark 2026",
	"workbench.preferredLightColorTheme": "Light 2026",
	"editor.cursorBlinking": "solid",
	// The packages that the project names are not installed.
	"typescript.validate.enable": false,
} as const;

/** Shorter ones show little. */
const minKeys = 4;
const linesAround = { above: 5, below: 3 };

/** Takes a picture of each right ghost that is longer than those before it, in both themes, and keeps the last. */
export class GhostPictures {
	readonly #editor: EditorPage;
	best: GhostPicture | undefined;

	constructor(editor: EditorPage) {
		this.#editor = editor;
	}

	async offer({ text }: Hole, ghost: SeenGhost): Promise<void> {
		if (!ghost.isRight || ghost.keys < Math.max(minKeys, (this.best?.keys ?? 0) + 1)) {
			return;
		}
		const lines = { ...linesAround, below: linesAround.below + ghost.text.split("\n").length - 1 };
		const take = async (): Promise<string> =>
			(await this.#editor.pictureAtCursor(lines)).toString("base64");
		const dark = await take();
		await this.#editor.showColorScheme("light");
		const light = await take();
		await this.#editor.showColorScheme("dark");
		const lineBefore = text.slice(text.lastIndexOf("\n", ghost.offset - 1) + 1, ghost.offset);
		this.best = { lineBefore, keys: ghost.keys, dark, light };
	}
}

const schemes = {
	dark: { paper: "#121314", ink: "#bfbfbf" },
	light: { paper: "#ffffff", ink: "#202020" },
} as const;

/** One picture of what was shown for each kind, PNG. */
export async function pictureSheet(
	kinds: readonly DrivenKind[],
	scheme: "dark" | "light",
): Promise<Buffer> {
	const { paper, ink } = schemes[scheme];
	const figures = kinds.flatMap(({ kind, file, picture }) =>
		picture === undefined
			? []
			: [
					`<figure><figcaption>${kind} <small>${file}</small></figcaption>` +
						`<img src="data:image/png;base64,${picture[scheme]}"></figure>`,
				],
	);
	const browser = await launchBrowser();
	try {
		const page = await browser.newPage({ viewport: { width: 1600, height: 800 } });
		await page.setContent(`<style>
			body { margin: 0; padding: 16px; display: grid; grid-template-columns: 1fr 1fr; gap: 20px 24px; background: ${paper}; color: ${ink}; font: 16px sans-serif; }
			figure { margin: 0; }
			figcaption { margin: 0 0 6px; font-weight: bold; }
			small { font-weight: normal; opacity: 0.7; }
			img { width: 100%; }
		</style>${figures.join("")}`);
		return await page.screenshot({ fullPage: true });
	} finally {
		await browser.close();
	}
}
