/** What the page of a view is made of. All of it comes from the extension's own folder. */
export interface ViewHtmlOptions {
	readonly title: string;
	/** Addresses for the view, as `Webview.asWebviewUri` gives them. */
	readonly scriptUri: string;
	readonly styleUri: string;
	/** Fresh random text for each page, of letters and digits. */
	readonly nonce: string;
	/** `Webview.cspSource`. */
	readonly cspSource: string;
}

/**
 * The page of a view. It loads one script and one style sheet; it can't load images, fonts, frames or
 * anything else, can't connect anywhere, runs no script but its own, and takes no style but the file's.
 */
export function viewHtml({
	title,
	scriptUri,
	styleUri,
	nonce,
	cspSource,
}: ViewHtmlOptions): string {
	const policy = [
		"default-src 'none'",
		`script-src 'nonce-${nonce}'`,
		`style-src ${cspSource}`,
		"base-uri 'none'",
		"form-action 'none'",
	].join("; ");
	return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${escapeAttribute(policy)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" href="${escapeAttribute(styleUri)}">
<title>${escapeAttribute(title)}</title>
</head>
<body>
<script nonce="${escapeAttribute(nonce)}" src="${escapeAttribute(scriptUri)}"></script>
</body>
</html>
`;
}

function escapeAttribute(text: string): string {
	return text
		.replaceAll("&", "&amp;")
		.replaceAll('"', "&quot;")
		.replaceAll("<", "&lt;")
		.replaceAll(">", "&gt;");
}
