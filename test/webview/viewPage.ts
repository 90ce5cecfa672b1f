import type { Browser, Page } from "playwright-core";
import { hangMs } from "../support/hangGuard.ts";
import { themes, type Theme } from "./themes.ts";

export interface ViewPageOptions {
	readonly theme?: Theme;
	readonly width?: number;
	readonly height?: number;
	readonly direction?: "ltr" | "rtl";
	readonly reducedMotion?: boolean;
}

/**
 * Plays the editor around the view: keeps what it sends, and its state over a reload. `ran` is what each
 * hostile script of the tests would set.
 */
const editorScript = `
	window.ran = 0;
	window.violations = [];
	window.longestScript = 0;
	addEventListener("securitypolicyviolation", (event) => window.violations.push(event.violatedDirective + " " + event.blockedURI));
	window.acquireVsCodeApi = () => ({
		postMessage: (message) => window.moteSent(message),
		getState: () => JSON.parse(sessionStorage.getItem("state") ?? "null"),
		setState: (state) => sessionStorage.setItem("state", JSON.stringify(state)),
	});
	for (const name of ["alert", "confirm", "prompt", "open", "print"]) {
		window[name] = () => { window.ran += 1; };
	}
`;

export interface BlankPage {
	readonly page: Page;
	/** Everything that the page asked for beside its own three files. */
	readonly foreign: readonly string[];
	readonly errors: readonly string[];
}

/** A page that counts what it shouldn't do. Expose `moteSent` before {@link showView}. */
export async function openBlankPage(
	browser: Browser,
	origin: string,
	name: string,
	options: ViewPageOptions,
): Promise<BlankPage> {
	const context = await browser.newContext({
		viewport: { width: options.width ?? 360, height: options.height ?? 720 },
		reducedMotion: options.reducedMotion === true ? "reduce" : "no-preference",
	});
	context.setDefaultTimeout(hangMs);
	const page = await context.newPage();
	const foreign: string[] = [];
	const errors: string[] = [];
	const own = [`${origin}/`, `${origin}/${name}.js`, `${origin}/${name}.css`];
	page.on("request", (request) => {
		if (!own.includes(request.url())) {
			foreign.push(request.url());
		}
	});
	page.on("pageerror", (error) => errors.push(String(error)));
	page.on("popup", (popup) => foreign.push(`popup ${popup.url()}`));
	return { page, foreign, errors };
}

/** Loads the view as the editor does, in a theme. */
export async function showView(
	page: Page,
	origin: string,
	{ theme = themes.dark, direction = "ltr" }: ViewPageOptions,
): Promise<void> {
	await page.addInitScript(editorScript);
	await page.goto(`${origin}/`);
	await page.evaluate(`{
		const { bodyClass, background, variables } = ${JSON.stringify(theme)};
		document.body.className = [bodyClass, ...document.body.classList].join(" ");
		document.documentElement.dir = ${JSON.stringify(direction)};
		document.documentElement.style.background = background;
		for (const [name, value] of Object.entries(variables)) {
			document.documentElement.style.setProperty("--vscode-" + name, value);
		}
	}`);
}
