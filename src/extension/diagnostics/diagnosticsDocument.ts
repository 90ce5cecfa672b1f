import os from "node:os";
import path from "node:path";
import * as vscode from "vscode";
import { diagnosticsScheme } from "../ownDocuments.ts";
import { settingsSection, type settingDeclarations } from "../settings.ts";
import { changedSettings } from "./changedSettings.ts";
import { diagnosticsReport, type DiagnosticsFacts } from "./diagnosticsReport.ts";
import type { PrivateNames } from "./plainWords.ts";

const uri = vscode.Uri.from({ scheme: diagnosticsScheme, path: "/Diagnostics of Mote.md" });

/** Settings that may hold a path. */
const pathSettings = [
	"completion.model",
	"chat.modelPath",
	"engine.nodePath",
	"engine.gpuLibraries",
] as const satisfies readonly (keyof typeof settingDeclarations)[];

/** What this process doesn't find out by itself. */
export type KnownFacts = Pick<
	DiagnosticsFacts,
	"engine" | "server" | "lastSilence" | "problems" | "nowMs"
> & { readonly usableMemoryBytes: number };

export interface DiagnosticsDocumentOptions {
	readonly extension: vscode.Extension<unknown>;
	/** Where the extension keeps things. */
	readonly storagePlaces: readonly (vscode.Uri | undefined)[];
	readonly known: () => KnownFacts;
}

/** A read-only document to be pasted where somebody asks for help. It is as of the moment when it is opened. */
export class DiagnosticsDocument implements vscode.TextDocumentContentProvider, vscode.Disposable {
	readonly onDidChange: vscode.Event<vscode.Uri>;
	private readonly changed = new vscode.EventEmitter<vscode.Uri>();
	private readonly registrations: vscode.Disposable;

	constructor(private readonly options: DiagnosticsDocumentOptions) {
		this.onDidChange = this.changed.event;
		this.registrations = vscode.Disposable.from(
			this.changed,
			vscode.workspace.registerTextDocumentContentProvider(diagnosticsScheme, this),
			vscode.commands.registerCommand("mote.showDiagnostics", () => this.show()),
			vscode.commands.registerCommand("mote.copyDiagnostics", () => this.copy()),
		);
	}

	dispose(): void {
		this.registrations.dispose();
	}

	provideTextDocumentContent(): string {
		return diagnosticsReport(this.facts());
	}

	private async show(): Promise<void> {
		this.changed.fire(uri);
		const document = await vscode.workspace.openTextDocument(uri);
		await vscode.window.showTextDocument(document, { preview: true });
	}

	private async copy(): Promise<void> {
		await vscode.env.clipboard.writeText(diagnosticsReport(this.facts()));
		vscode.window.setStatusBarMessage("Mote: the diagnostics report is in the clipboard", 5000);
	}

	private facts(): DiagnosticsFacts {
		const { extension, known } = this.options;
		const { usableMemoryBytes, ...rest } = known();
		const processors = os.cpus();
		return {
			versions: {
				mote: versionOf(extension.packageJSON),
				editor: `${vscode.env.appName} ${vscode.version}`,
				node: process.versions.node,
			},
			machine: {
				system: `${process.platform} ${process.arch} ${os.release()}`,
				processor: processors[0]?.model ?? "unknown processor",
				cores: processors.length,
				memoryBytes: os.totalmem(),
				usableMemoryBytes,
				remote: vscode.env.remoteName,
			},
			bundledModels: ["mote-base", "mote-nano"],
			isTrusted: vscode.workspace.isTrusted,
			changedSettings: changedSettings(vscode.workspace.getConfiguration(settingsSection)),
			privateNames: this.privateNames(),
			...rest,
		};
	}

	private privateNames(): PrivateNames {
		const { extension, storagePlaces } = this.options;
		const workspace = vscode.workspace.workspaceFolders ?? [];
		const uris = [
			...workspace.map((folder) => folder.uri),
			extension.extensionUri,
			...storagePlaces,
		];
		const home = os.homedir();
		const settings = vscode.workspace.getConfiguration(settingsSection);
		return {
			folders: [
				home,
				os.tmpdir(),
				...uris.flatMap((one) => (one === undefined ? [] : [one.path, one.fsPath])),
				...pathSettings.flatMap((key) => {
					const value: unknown = settings.get(key);
					return typeof value === "string" ? [value] : [];
				}),
			],
			names: [
				path.basename(home),
				os.hostname(),
				vscode.workspace.name ?? "",
				...workspace.flatMap((folder) => [folder.name, path.posix.basename(folder.uri.path)]),
			],
		};
	}
}

/** Where a server is that the user has chosen. */
export function serverPlace(
	server: { readonly isLoopback: boolean } | undefined,
): DiagnosticsFacts["server"] {
	if (server === undefined) {
		return "none";
	}
	return server.isLoopback ? "this machine" : "another machine";
}

function versionOf(manifest: unknown): string {
	return typeof manifest === "object" &&
		manifest !== null &&
		"version" in manifest &&
		typeof manifest.version === "string"
		? manifest.version
		: "of unknown version";
}
