import { mkdir } from "node:fs/promises";
import { existsSync } from "node:fs";
import path from "node:path";
import { chromium, type Browser, type Page } from "playwright-core";
import { hangMs } from "../support/hangGuard.ts";
import { repositoryRoot, type Workbench } from "./server.ts";

/** Where pictures of what the tests saw are kept. */
export const screenshotFolder = path.join(repositoryRoot, "out/screenshots");

/** Debian's and Ubuntu's names, then Google's own package. */
const browserPaths = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

export interface OpenOptions {
	/** A window without a folder where there is none. */
	readonly workspaceFolder?: string;
	/** A `.code-workspace` file, in place of a folder. */
	readonly workspaceFile?: string;
	/** Opened in an editor, where the window has none yet. */
	readonly openedFile?: string;
	/** Folder of an extension to load from source. */
	readonly extensionFolder?: string;
	/** Module that exports `run`; needs the server's test driver. */
	readonly testModule?: string;
	/** Of the loopback interface, for an inspector of the extension host; needs the server's test driver. */
	readonly inspectorPort?: number;
}

export async function launchBrowser(): Promise<Browser> {
	const executablePath = browserPaths.find((file) => existsSync(file));
	if (executablePath === undefined) {
		throw new Error(
			"There is no Chromium on this machine: install it (on Debian: apt-get install chromium).",
		);
	}
	await mkdir(screenshotFolder, { recursive: true });
	return chromium.launch({
		executablePath,
		headless: true,
		args: [
			// Containers run as root and without user namespaces; only our own pages are opened.
			"--no-sandbox",
			"--disable-gpu",
			"--no-first-run",
			"--disable-background-networking",
			"--disable-component-update",
			"--disable-sync",
			// Proves that the workbench needs no network: any other name does not resolve.
			"--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
		],
	});
}

export async function newPage(browser: Browser, height = 800): Promise<Page> {
	const context = await browser.newContext({ viewport: { width: 1280, height } });
	context.setDefaultTimeout(hangMs);
	return context.newPage();
}

export async function openWorkbench(
	page: Page,
	workbench: Workbench,
	options: OpenOptions,
): Promise<void> {
	await page.goto(workbenchUrl(workbench, options));
	await page.locator(".monaco-workbench").waitFor();
}

/** `payload` is the workbench's own query parameter for what the desktop takes as arguments. */
export function workbenchUrl({ authority }: Workbench, options: OpenOptions): string {
	const payload: [string, string][] = [];
	if (options.openedFile !== undefined) {
		payload.push(["openFile", `vscode-remote://${authority}${options.openedFile}`]);
	}
	if (options.extensionFolder !== undefined) {
		payload.push([
			"extensionDevelopmentPath",
			`vscode-remote://${authority}${options.extensionFolder}`,
		]);
	}
	if (options.testModule !== undefined) {
		payload.push(["extensionTestsPath", `vscode-remote://${authority}${options.testModule}`]);
	}
	if (options.inspectorPort !== undefined) {
		payload.push(["inspect-extensions", String(options.inspectorPort)]);
	}
	const query = new URLSearchParams(placeOf(options));
	if (payload.length > 0) {
		query.set("payload", JSON.stringify(payload));
	}
	return `http://${authority}/?${query.toString().replaceAll("%2F", "/")}`;
}

function placeOf({ workspaceFolder, workspaceFile }: OpenOptions): Record<string, string> {
	if (workspaceFile !== undefined) {
		return { workspace: workspaceFile };
	}
	return workspaceFolder === undefined ? { ew: "true" } : { folder: workspaceFolder };
}
