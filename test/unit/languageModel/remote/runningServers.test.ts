import { expect, test } from "vitest";
import {
	findRunningServers,
	type RunningServer,
	type RunningServersOptions,
} from "../../../../src/languageModel/remote/runningServers.ts";
import { HastyClock } from "../../../support/hastyClock.ts";
import {
	beginEvents,
	LoopbackServer,
	sendJson,
	write,
	type Reply,
} from "../../../support/loopbackServer.ts";
import { patientClock } from "../../../support/patientClock.ts";

interface Scripted {
	readonly ollama?: Reply;
	readonly lmstudio?: Reply;
	readonly "llama.cpp"?: Reply;
}

/** What is found where the usual ports answer so; where nothing is scripted nobody listens. */
async function found(
	scripted: Scripted,
	options: Partial<RunningServersOptions> = {},
): Promise<{ servers: readonly RunningServer[]; requests: number; asked: readonly string[] }> {
	const closed = await LoopbackServer.start();
	const noPort = portOf(closed);
	await closed.close();
	const kinds = ["ollama", "lmstudio", "llama.cpp"] as const;
	const servers = new Map<string, LoopbackServer>();
	for (const kind of kinds) {
		const models = scripted[kind];
		if (models !== undefined) {
			const server = await LoopbackServer.start();
			server.serveModels(models);
			servers.set(kind, server);
		}
	}
	const port = (kind: string): number => {
		const server = servers.get(kind);
		return server === undefined ? noPort : portOf(server);
	};
	const asked: string[] = [];
	try {
		const result = await findRunningServers({
			fetch: (input, init) => {
				asked.push(input instanceof Request ? input.url : String(input));
				return globalThis.fetch(input, init);
			},
			clock: patientClock,
			signal: new AbortController().signal,
			ports: { ollama: port("ollama"), lmstudio: port("lmstudio"), "llama.cpp": port("llama.cpp") },
			...options,
		});
		const requests = [...servers.values()].flatMap((server) => server.requests).length;
		return { servers: result, requests, asked };
	} finally {
		for (const server of servers.values()) {
			await server.close();
		}
	}
}

function portOf({ origin }: LoopbackServer): number {
	return Number(new URL(origin).port);
}

const list = (...models: readonly object[]): Reply =>
	sendJson(200, { object: "list", data: models });

test("each of the usual servers is found with the models that it has", async () => {
	const { servers } = await found({
		ollama: list(
			{ id: "qwen2.5-coder:7b", owned_by: "library" },
			{ id: "nomic-embed-text:latest", owned_by: "library" },
		),
		lmstudio: list({ id: "mellum2", owned_by: "organization_owner" }),
		"llama.cpp": list({ id: "gpt-oss-20b", owned_by: "llamacpp", meta: { n_ctx: 4096 } }),
	});
	expect(servers.map(({ kind, name, models }) => ({ kind, name, models }))).toEqual([
		{
			kind: "ollama",
			name: "Ollama",
			models: [{ id: "qwen2.5-coder:7b", contextTokens: undefined }],
		},
		{ kind: "lmstudio", name: "LM Studio", models: [{ id: "mellum2", contextTokens: undefined }] },
		{ kind: "llama.cpp", name: "llama.cpp", models: [{ id: "gpt-oss-20b", contextTokens: 4096 }] },
	]);
	for (const { address } of servers) {
		expect(address).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/v1$/);
	}
});

test("where nothing listens nothing is found, and nothing but loopback was asked", async () => {
	const { servers, asked } = await found({});
	expect(servers).toEqual([]);
	expect(asked.length).toBe(3);
	expect(asked.filter((url) => !url.startsWith("http://127.0.0.1:"))).toEqual([]);
});

test("a server without a model is there all the same", async () => {
	const { servers } = await found({ ollama: sendJson(200, { object: "list", data: null }) });
	expect(servers.map(({ name, models }) => [name, models])).toEqual([["Ollama", []]]);
});

test.each<readonly [string, Reply]>([
	["has a web page there", (response) => void response.writeHead(200).end("<html>Jenkins</html>")],
	["sends other JSON", sendJson(200, { status: "UP" })],
	["wants a key", sendJson(401, { error: "key" })],
	["has no such page", sendJson(404, {})],
	["is another server with a list", list({ id: "m", owned_by: "somebody" })],
	[
		"redirects",
		(response) => void response.writeHead(302, { location: "http://127.0.0.1:1/" }).end(),
	],
	["hangs up", (response) => void response.destroy()],
	[
		"never ends",
		async (response) => {
			response.writeHead(200, { "content-type": "application/json" });
			while (!response.destroyed) {
				await write(response, Buffer.alloc(65_536, " "));
			}
		},
	],
])("what %s on everybody's port isn't taken for llama.cpp", async (_, reply) => {
	expect((await found({ "llama.cpp": reply })).servers).toEqual([]);
});

test("a server that says nothing is waited for no longer than its limit", async () => {
	// The limits are over at once.
	const { servers } = await found({ lmstudio: beginEvents }, { clock: new HastyClock(2000) });
	expect(servers).toEqual([]);
});

test("whoever closes the list waits no longer", async () => {
	const { servers } = await found({ ollama: beginEvents }, { signal: AbortSignal.abort() });
	expect(servers).toEqual([]);
});
