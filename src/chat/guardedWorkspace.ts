import { holdsPrivateKey, isSecretPath } from "../context/files/secrets.ts";
import type { ActiveDocument, ChatWorkspace, FileOutcome } from "./chatWorkspace.ts";

/**
 * A path of the workspace in its one form, or undefined when it could leave the folder. A mention is typed by
 * a person, but a link to a file is written by a model.
 */
export function workspacePath(path: string): string | undefined {
	const plain = path.replaceAll("\\", "/").replace(/^(?:\.\/+)+/, "");
	const isForeign =
		plain === "" ||
		plain.startsWith("/") ||
		/^[A-Za-z][A-Za-z0-9+.-]*:/.test(plain) ||
		/\p{Cc}/u.test(plain) ||
		plain.split("/").some((part) => part === "..");
	return isForeign ? undefined : plain;
}

/** The workspace without files that may hold credentials, and without everything outside of its folder. */
export function guardWorkspace(workspace: ChatWorkspace): ChatWorkspace {
	const isSecret = (document: ActiveDocument): boolean =>
		document.isSecret === true ||
		isSecretPath(workspacePath(document.path) ?? document.path) ||
		holdsPrivateKey(document.text);
	return {
		activeDocument: () => {
			const document = workspace.activeDocument();
			const isShown =
				document !== undefined && !isSecret(document) && workspacePath(document.path) !== undefined;
			return isShown ? document : undefined;
		},
		hiddenDocument: () => {
			const document = workspace.activeDocument();
			return document !== undefined && isSecret(document) ? document.path : undefined;
		},
		openPaths: () => workspace.openPaths().filter((path) => !isHiddenPath(path)),
		problems: (path) => workspace.problems(path).filter((problem) => !isHiddenPath(problem.path)),
		findFiles: async (query, limit, signal) =>
			(await workspace.findFiles(query, limit, signal)).filter((path) => !isHiddenPath(path)),
		readFile: async (path, maxLength, signal): Promise<FileOutcome> => {
			const inside = workspacePath(path);
			if (inside === undefined) {
				return { kind: "refused", reason: "notFound" };
			}
			if (isSecretPath(inside)) {
				return { kind: "refused", reason: "secret" };
			}
			const outcome = await workspace.readFile(inside, maxLength, signal);
			// A link may lead from a harmless name to another one: the answer's path counts too.
			return outcome.kind === "text" && isHidden(outcome.path, outcome.text)
				? { kind: "refused", reason: "secret" }
				: outcome;
		},
		findSymbols: async (query, limit, signal) =>
			(await workspace.findSymbols(query, limit, signal)).filter(({ path }) => !isHiddenPath(path)),
		definitionAround: async (path, line, signal) =>
			isHiddenPath(path) ? undefined : await workspace.definitionAround(path, line, signal),
		// The index holds nothing of files that may hold credentials.
		explain: async (query, signal) =>
			query.kind === "code" && isHidden(query.path, query.text)
				? undefined
				: await workspace.explain(query, signal),
		relatedCode: async (query, signal) =>
			(await workspace.relatedCode(query, signal)).filter(
				({ path, text }) => !isHidden(path, text),
			),
	};
}

function isHidden(path: string, text: string): boolean {
	return isHiddenPath(path) || holdsPrivateKey(text);
}

function isHiddenPath(path: string): boolean {
	const inside = workspacePath(path);
	return inside === undefined || isSecretPath(inside);
}
