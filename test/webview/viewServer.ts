import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import path from "node:path";
import { viewHtml } from "../../src/extension/viewHtml.ts";
import { repositoryRoot } from "../workbench/server.ts";

export interface ViewServer extends AsyncDisposable {
	readonly origin: string;
}

/** Serves a built view as the editor does: its own page, with its own content security policy. */
export async function serveView(
	name: "chat" | "models" | "statistics" = "chat",
): Promise<ViewServer> {
	const builtFiles: ReadonlyMap<string, string> = new Map([
		[`/${name}.js`, "text/javascript"],
		[`/${name}.css`, "text/css"],
	]);
	const folder = path.join(repositoryRoot, "dist/webview");
	const files = new Map<string, Buffer>();
	for (const file of builtFiles.keys()) {
		files.set(file, await readFile(path.join(folder, file)));
	}
	const server = createServer((request, response) => {
		const url = request.url ?? "";
		const file = files.get(url);
		if (file !== undefined) {
			response.setHeader("content-type", builtFiles.get(url) ?? "");
			response.end(file);
		} else if (url === "/") {
			response.setHeader("content-type", "text/html; charset=utf-8");
			response.end(
				viewHtml({
					title: "Mote",
					scriptUri: `${origin}/${name}.js`,
					styleUri: `${origin}/${name}.css`,
					nonce: randomBytes(16).toString("hex"),
					cspSource: origin,
				}),
			);
		} else {
			response.statusCode = 404;
			response.end();
		}
	});
	server.listen(0, "127.0.0.1");
	await once(server, "listening");
	const address = server.address();
	if (address === null || typeof address === "string") {
		throw new Error("The test server has no port.");
	}
	const origin = `http://127.0.0.1:${address.port}`;
	return {
		origin,
		async [Symbol.asyncDispose]() {
			server.closeAllConnections();
			server.close();
			await once(server, "close");
		},
	};
}
