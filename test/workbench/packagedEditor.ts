import { rm } from "node:fs/promises";
import path from "node:path";
import type { Browser } from "playwright-core";
import { beforeEach, onTestFailed } from "vitest";
import { launchBrowser, newPage, openWorkbench, type OpenOptions } from "./browser.ts";
import { EditorPage } from "./editorPage.ts";
import {
	copySampleWorkspace,
	installExtension,
	repositoryRoot,
	startWorkbench,
	type Workbench,
	type WorkbenchOptions,
} from "./server.ts";

const vsix = path.join(repositoryRoot, "mote-linux-x64.vsix");

export interface PackagedEditorOptions extends Pick<
	WorkbenchOptions,
	"settings" | "userSettings" | "environment" | "enableTestDriver"
> {
	/** The sample workspace by default. */
	readonly copyWorkspace?: (target: string) => Promise<void>;
	/** The small one by default, for speed, where what a model writes is not the subject. */
	readonly model?: "nano" | "auto";
	/** In CSS pixels. */
	readonly pageHeight?: number;
}

interface PackagedEditorParts {
	readonly workspaceFolder: string;
	readonly dataFolder: string;
	readonly workbench: Workbench;
	readonly browser: Browser;
	readonly editor: EditorPage;
}

/** A real VS Code with the packaged extension, a browser to look at it, and a copy of a workspace. */
export class PackagedEditor {
	readonly workspaceFolder: string;
	readonly dataFolder: string;
	readonly workbench: Workbench;
	readonly browser: Browser;
	/** Its page is blank until {@link open}. */
	readonly editor: EditorPage;

	private constructor(parts: PackagedEditorParts) {
		this.workspaceFolder = parts.workspaceFolder;
		this.dataFolder = parts.dataFolder;
		this.workbench = parts.workbench;
		this.browser = parts.browser;
		this.editor = parts.editor;
	}

	/** Everything of the run is in `out/<name>`; what an earlier one left there is deleted. */
	static async start(
		name: string,
		{
			userSettings = {},
			copyWorkspace = copySampleWorkspace,
			...options
		}: PackagedEditorOptions = {},
	): Promise<PackagedEditor> {
		const runFolder = path.join(repositoryRoot, "out", name);
		const workspaceFolder = path.join(runFolder, "workspace");
		const dataFolder = path.join(runFolder, "workbench");
		await rm(runFolder, { recursive: true, force: true });
		await copyWorkspace(workspaceFolder);
		await installExtension(dataFolder, vsix);
		const workbench = await startWorkbench({
			dataFolder,
			settings: options.settings ?? "tests",
			...(options.environment !== undefined && { environment: options.environment }),
			...(options.enableTestDriver !== undefined && { enableTestDriver: options.enableTestDriver }),
			userSettings: {
				"workbench.colorTheme": "Dark 2026",
				// However busy the machine is, the same is read and asked.
				"mote.yieldWhenBusy": false,
				...userSettings,
			},
			machineSettings: { "mote.completion.model": options.model ?? "nano" },
		});
		const browser = await launchBrowser();
		const editor = new EditorPage(await newPage(browser, options.pageHeight), workspaceFolder);
		return new PackagedEditor({ workspaceFolder, dataFolder, workbench, browser, editor });
	}

	/** Opens the workspace on the editor's page. */
	async open(options: Pick<OpenOptions, "inspectorPort"> = {}): Promise<void> {
		await openWorkbench(this.editor.page, this.workbench, {
			workspaceFolder: this.workspaceFolder,
			...options,
		});
	}

	async close(): Promise<void> {
		await this.browser.close();
		await this.workbench.stop();
	}
}

/**
 * To be called once at the top of a file of tests that use one page: keeps a picture of it where one fails. What hangs
 * once hangs again, so after that the others fail at once.
 */
export function watchFailures(editor: () => EditorPage, name: string): void {
	let hung: string | undefined;
	beforeEach(() => {
		if (hung !== undefined) {
			throw new Error(`This isn't tried, because “${hung}” hung.`);
		}
		onTestFailed(async ({ task }) => {
			const isHang = task.result?.errors?.some(({ message }) => /\btime(d )?out\b/i.test(message));
			hung = isHang === true ? task.name : undefined;
			await editor().screenshot(`failed-${name}-${task.id}`);
		});
	});
}
