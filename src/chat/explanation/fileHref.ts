import { workspacePath } from "../guardedWorkspace.ts";

/** Longer ones aren't followed, in UTF-16 units. */
const maxHrefLength = 4_096;

/**
 * The target of a Markdown link to a line, counted from 0, of a file of the workspace, as the chat view follows it.
 * Undefined for a path that it doesn't follow: one with signs that mean something else in an address or on another system.
 */
export function fileHref(path: string, line: number): string | undefined {
	if (
		workspacePath(path) !== path ||
		/[\p{Cc}\p{Cf}\\:<>"|*]/u.test(path) ||
		!path.isWellFormed()
	) {
		return undefined;
	}
	const segments = path
		.split("/")
		.map((segment) =>
			encodeURIComponent(segment).replaceAll(
				/[!'()*~]/g,
				(sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
			),
		);
	const href = `${segments.join("/")}#L${line + 1}`;
	return href.length > maxHrefLength ? undefined : href;
}
