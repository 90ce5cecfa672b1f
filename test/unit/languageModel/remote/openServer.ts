import { onTestFinished } from "vitest";
import type { Logger } from "../../../../src/base/log.ts";
import { LanguageModelError } from "../../../../src/languageModel/errors.ts";
import type { InfillModel, InfillRequest } from "../../../../src/languageModel/languageModel.ts";
import {
	createRemoteServer,
	type RemoteServer,
	type RemoteServerOptions,
} from "../../../../src/languageModel/remote/createRemoteServer.ts";
import type {
	ServerHealth,
	ServerHealthKind,
} from "../../../../src/languageModel/remote/health.ts";
import { Gate } from "../../../support/gate.ts";
import { LoopbackServer } from "../../../support/loopbackServer.ts";
import {
	chatRequest,
	hear,
	infillRequest,
	neverAborted,
	textsOf,
	type Heard,
} from "../../../support/modelRequests.ts";
import { HastyClock } from "../../../support/hastyClock.ts";

/** Of {@link HastyClock}s: pauses before retries are over at once, limits never reached. */
export const completionPausesMs = 1000;
export const chatPausesMs = 20_000;

export const secretKey = "sk-very-secret-0123456789";

export interface OpenedServer {
	readonly loopback: LoopbackServer;
	readonly server: RemoteServer;
	readonly infill: InfillModel;
	/** All that was logged. */
	readonly log: string[];
	readonly healths: ServerHealth[];
	/** Resolves when the server is found to be so. */
	readonly becomes: (kind: ServerHealthKind) => Promise<void>;
	/** Asks a question and waits for the whole answer. */
	readonly chat: (question?: string) => Promise<Heard>;
	readonly fill: (request?: Partial<InfillRequest>) => Promise<Heard>;
}

/** A server on loopback and a client of it; both end with the test. */
export async function openServer(
	options: Partial<RemoteServerOptions> = {},
): Promise<OpenedServer> {
	const loopback = await LoopbackServer.start();
	const log: string[] = [];
	const healths: ServerHealth[] = [];
	let change = new Gate();
	const note = (message: string): void => void log.push(message);
	const logger: Logger = { debug: note, info: note, warn: note, error: note };
	const server = createRemoteServer({
		address: loopback.origin,
		model: "qwen2.5-coder",
		kind: "vllm",
		key: () => Promise.resolve(secretKey),
		fetch: globalThis.fetch,
		clock: new HastyClock(0),
		logger,
		onDidChangeHealth: (health) => {
			healths.push(health);
			change.open();
			change = new Gate();
		},
		...options,
	});
	onTestFinished(async () => {
		server.dispose();
		await loopback.close();
	});
	const infill = server.infill ?? noInfill;
	return {
		loopback,
		server,
		infill,
		log,
		healths,
		becomes: async (kind) => {
			while (server.health.kind !== kind) {
				await change.opened;
			}
		},
		chat: (content = "Why?") =>
			hear(
				server.chat.answer(chatRequest({ messages: [{ role: "user", content }] }), neverAborted()),
			),
		fill: (request = {}) =>
			hear(
				textsOf(
					infill.infill(infillRequest({ priority: "completion", ...request }), neverAborted()),
				),
			),
	};
}

const noInfill: InfillModel = {
	description: { id: "remote/none", name: "none", place: "remote", server: "", contextTokens: 1 },
	infill: () => {
		throw new Error("this server can't fill holes");
	},
};

/** The LanguageModelError that `work` rejects with. */
export async function faultIn(work: Promise<unknown>): Promise<LanguageModelError> {
	try {
		await work;
	} catch (error) {
		if (error instanceof LanguageModelError) {
			return error;
		}
		throw error;
	}
	throw new Error("nothing was thrown");
}
