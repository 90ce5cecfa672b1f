import path from "node:path";
import * as vscode from "vscode";
import type { Logger } from "../../base/log.ts";
import type { Repository } from "../../context/repository/repositorySet.ts";
import { bundledModelFolders } from "../../model/bundledModel.ts";
import { trainingTableFileName } from "../../provenance/trainingTable.ts";
import type { StatusBar } from "../statusBar.ts";
import { pathInWorkspace } from "../workspacePaths.ts";
import { CopiedText } from "./copiedText.ts";

export interface CopiedTextParts {
	/** Where the extension is installed. */
	readonly extensionFolder: string;
	readonly repository: () => Repository | undefined;
	readonly statusBar: Pick<StatusBar, "setCopied">;
	readonly logger: Logger;
}

/** Looks at what was suggested, with what this window knows: the status bar says what is found. */
export function registerCopiedText({
	extensionFolder,
	repository,
	statusBar,
	logger,
}: CopiedTextParts): CopiedText {
	return new CopiedText({
		tableFile: path.join(extensionFolder, bundledModelFolders.base, trainingTableFileName),
		copiedFile: async (query, signal) => repository()?.copiedFile(query, signal),
		pathOf: (document) => pathInWorkspace(vscode.Uri.parse(document)),
		onDidChange: (notice) => statusBar.setCopied(notice),
		logger,
	});
}
