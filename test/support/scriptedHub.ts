import { createHash } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { assert } from "../../src/base/assert.ts";
import { parseHubAddress } from "../../src/modelLibrary/hub/hubAddress.ts";
import type { HubConnection } from "../../src/modelLibrary/hub/hubFetch.ts";
import type { Clock } from "../../src/base/clock.ts";

/** One request that a {@link ScriptedHub} got. */
export interface HubRequestSeen {
	readonly path: string;
	readonly headers: IncomingMessage["headers"];
}

/** What a hub does with one request for a file, instead of answering it as it should. */
export type HubFaultScript =
	/** With `isHeard` only when the client says that it has what was sent: else it may lose that. */
	| { readonly kind: "cut"; readonly afterBytes: number; readonly isHeard: boolean }
	| { readonly kind: "shortClean"; readonly bytes: number }
	| {
			readonly kind: "status";
			readonly status: number;
			readonly headers?: Readonly<Record<string, string>>;
	  }
	| { readonly kind: "redirect"; readonly location: string; readonly status?: number }
	| { readonly kind: "ignoreRange" }
	| { readonly kind: "wrongRange"; readonly shift: number }
	| { readonly kind: "flipByte"; readonly at: number }
	| { readonly kind: "extraBytes"; readonly bytes: number; readonly declared: boolean }
	| { readonly kind: "endless" }
	| { readonly kind: "garbage" }
	/** Sends this much and then nothing, until the client has had enough. */
	| { readonly kind: "stall"; readonly afterBytes: number }
	| { readonly kind: "hangUp" }
	| { readonly kind: "otherPage" };

export const commit = "0123456789abcdef0123456789abcdef01234567";

/** A hub with one model on this machine, over real HTTP; requests for files can be answered wrongly, in order. */
export class ScriptedHub implements AsyncDisposable {
	readonly requests: HubRequestSeen[] = [];
	/** Consumed one for a request of a file. */
	readonly faults: HubFaultScript[] = [];
	/** Replaces what the list of files says of one. */
	readonly lies = new Map<string, Readonly<Record<string, unknown>>>();
	/** More entries of the list. */
	readonly strangers: object[] = [];
	/** Answers requests that aren't for files. Undefined answers as it should. */
	answerListing: ((response: ServerResponse, path: string) => boolean) | undefined;
	/** Called before a file is answered. */
	onFileRequest: (() => void) | undefined;
	/** How much of a file the client has, which it tells by {@link heard}. */
	#heard: { bytes: number; onBytes: (bytes: number) => void } = {
		bytes: 0,
		onBytes: () => undefined,
	};
	readonly #server: Server;
	readonly #files: Map<string, Buffer>;

	private constructor(server: Server, files: Readonly<Record<string, Uint8Array | string>>) {
		this.#server = server;
		this.#files = new Map(
			Object.entries(files).map(([name, content]) => [name, Buffer.from(content)]),
		);
	}

	/** With "*" every repository that is asked for has these files. */
	static async start(
		files: Readonly<Record<string, Uint8Array | string>>,
		repository = "maker/model",
	): Promise<ScriptedHub> {
		const server = createServer();
		const hub = new ScriptedHub(server, files);
		server.on("request", (message, response) => {
			hub.#answer(message, response, repository);
		});
		await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
		return hub;
	}

	get origin(): string {
		const address = this.#server.address();
		assert(typeof address === "object" && address !== null, "the server listens on a port");
		return `http://127.0.0.1:${address.port}`;
	}

	connection(clock: Clock, token?: string): HubConnection {
		return {
			address: parseHubAddress(this.origin),
			fetch: globalThis.fetch,
			token: () => Promise.resolve(token),
			clock,
		};
	}

	/** For clients: so much of the file is there. */
	heard(bytes: number): void {
		this.#heard.bytes = bytes;
		this.#heard.onBytes(bytes);
	}

	#whenHeard(bytes: number, act: () => void): void {
		this.#heard.onBytes = (now) => {
			if (now >= bytes) {
				this.#heard.onBytes = () => undefined;
				act();
			}
		};
		this.#heard.onBytes(this.#heard.bytes);
	}

	/** Requests for files. */
	get fileRequests(): readonly HubRequestSeen[] {
		return this.requests.filter(({ path }) => path.includes("/resolve/"));
	}

	async [Symbol.asyncDispose](): Promise<void> {
		const closed = new Promise((resolve) => this.#server.close(resolve));
		this.#server.closeAllConnections();
		await closed;
	}

	#answer(message: IncomingMessage, response: ServerResponse, served: string): void {
		const path = message.url ?? "";
		const asked = /^(?:[/]api[/]models)?[/]([^/]+[/][^/]+)[/]/.exec(path)?.[1];
		const repository = served === "*" ? (asked ?? served) : served;
		this.requests.push({ path, headers: message.headers });
		response.on("error", () => undefined);
		if (path.startsWith("/api/") && this.answerListing?.(response, path) === true) {
			return;
		}
		if (path.startsWith(`/api/models/${repository}/revision/`)) {
			sendJson(response, { _id: "1", id: repository, sha: commit, lastModified: "2026-01-01" });
			return;
		}
		if (path.startsWith(`/api/models/${repository}/tree/${commit}`)) {
			sendJson(response, this.#listing());
			return;
		}
		const name = path.replace(`/${repository}/resolve/${commit}/`, "").replace("/stored/", "");
		const content = this.#files.get(name);
		if (content === undefined) {
			response.writeHead(404).end();
			return;
		}
		this.onFileRequest?.();
		sendFile(message, response, content, this.faults.shift(), (bytes, act) =>
			this.#whenHeard(bytes, act),
		);
	}

	#listing(): object[] {
		const entries = [...this.#files].map(([path, content]) => {
			const isLarge = /[.](?:safetensors|bin)$/.test(path);
			const size = content.length;
			const sha256 = createHash("sha256").update(content).digest("hex");
			const blob = createHash("sha1").update(`blob ${size}\0`).update(content).digest("hex");
			return {
				type: "file",
				path,
				size,
				oid: isLarge ? "f".repeat(40) : blob,
				...(isLarge && { lfs: { oid: sha256, size, pointerSize: 130 } }),
				...this.lies.get(path),
			};
		});
		return [...entries, ...this.strangers];
	}
}

function sendJson(response: ServerResponse, value: object): void {
	response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(value));
}

function etagOf(content: Buffer): string {
	return `"${createHash("sha256").update(content).digest("hex")}"`;
}

function sendFile(
	message: IncomingMessage,
	response: ServerResponse,
	content: Buffer,
	fault: HubFaultScript | undefined,
	whenHeard: (bytes: number, act: () => void) => void,
): void {
	const etag = etagOf(content);
	const asked = /^bytes=(\d+)-$/.exec(message.headers.range ?? "")?.[1];
	const condition = message.headers["if-range"];
	const mayContinue =
		asked !== undefined &&
		fault?.kind !== "ignoreRange" &&
		(condition === undefined || condition === etag);
	const from = mayContinue ? Number(asked) : 0;
	if (mayContinue && from >= content.length) {
		response.writeHead(416, { "content-range": `bytes */${content.length}` }).end();
		return;
	}
	const rest = content.subarray(from);
	const status = mayContinue ? 206 : 200;
	const openEnded: Record<string, string> = {
		etag,
		...(mayContinue && {
			"content-range": `bytes ${from}-${content.length - 1}/${content.length}`,
		}),
	};
	const headers = { ...openEnded, "content-length": String(rest.length) };
	switch (fault?.kind) {
		case undefined:
		case "ignoreRange":
			response.writeHead(status, headers).end(rest);
			return;
		case "cut": {
			response.writeHead(status, headers);
			response.flushHeaders();
			const sent = rest.subarray(0, Math.min(fault.afterBytes, Math.max(0, rest.length - 1)));
			const cut = (): void => void response.destroy();
			if (fault.isHeard && sent.length > 0) {
				response.write(sent);
				whenHeard(from + sent.length, cut);
			} else {
				response.write(sent, cut);
			}
			return;
		}
		case "stall":
			response.writeHead(status, headers);
			response.write(rest.subarray(0, fault.afterBytes));
			return;
		case "shortClean":
			response.writeHead(status, openEnded).end(rest.subarray(0, fault.bytes));
			return;
		case "status":
			response.writeHead(fault.status, fault.headers).end("<html>no</html>");
			return;
		case "redirect":
			response.writeHead(fault.status ?? 302, { location: fault.location }).end();
			return;
		case "wrongRange":
			response
				.writeHead(206, {
					...openEnded,
					"content-range": `bytes ${from + fault.shift}-${content.length - 1}/${content.length}`,
				})
				.end(rest);
			return;
		case "flipByte": {
			const wrong = Buffer.from(rest);
			const at = fault.at % Math.max(1, wrong.length);
			wrong[at] = (wrong[at] ?? 0) ^ 1;
			response.writeHead(status, headers).end(wrong);
			return;
		}
		case "extraBytes": {
			const longer = Buffer.concat([rest, Buffer.alloc(fault.bytes)]);
			response
				.writeHead(
					status,
					fault.declared ? { ...headers, "content-length": String(longer.length) } : openEnded,
				)
				.end(longer);
			return;
		}
		case "endless": {
			response.writeHead(status, openEnded);
			const piece = Buffer.alloc(65_536, 7);
			const send = (): void => {
				while (!response.destroyed && response.write(piece));
			};
			response.on("drain", send);
			send();
			return;
		}
		case "garbage":
			message.socket.end("this is not HTTP\r\n\r\n");
			return;
		case "hangUp":
			message.socket.destroy();
			return;
		case "otherPage":
			response.writeHead(200, { "content-type": "text/html" }).end("<html>Sign in</html>");
			return;
	}
}
