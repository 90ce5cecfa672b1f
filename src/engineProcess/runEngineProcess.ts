import type { Logger } from "../base/log.ts";
import type { Engine } from "../engine/engine.ts";
import { EngineError } from "../engine/errors.ts";
import type { Learner } from "../engine/learning.ts";
import type { OpenRequest } from "./handshake.ts";
import type { EnginePort } from "./port.ts";
import { errorToWire, parseToEngine, protocolVersion, type FromEngineMessage } from "./protocol.ts";
import { serveEngine } from "./server.ts";

export interface OpenedEngine {
	readonly engine: Engine & Learner;
	readonly modelName: string;
	/** For people: what runs the model, such as “ONNX Runtime, CPU”. */
	readonly backendName: string;
}

/** Loads a model. Rejects with an EngineError when the user has to mend something. */
export type OpenEngine = (request: OpenRequest, logger: Logger) => Promise<OpenedEngine>;

export interface EngineProcessHost {
	/** To the parent. */
	readonly port: EnginePort;
	readonly logger: Logger;
	/** Ends this process. */
	exit(code: number): void;
}

/**
 * The life of the engine's process: waits for "open", loads the model, answers, then serves requests
 * until it is told to shut down. When the parent is gone, it ends at once: nobody would end it later.
 */
export function runEngineProcess(host: EngineProcessHost, open: OpenEngine): void {
	const { port, logger } = host;
	const send = (message: FromEngineMessage): void => {
		port.send(message);
	};
	port.onClose(() => {
		host.exit(0);
	});
	let opened: Promise<OpenedEngine> | undefined;

	const stop = port.onMessage((raw) => {
		const parsed = parseToEngine(raw);
		if (parsed.kind === "malformed") {
			logger.warn(`The engine received a malformed message: ${parsed.problem}`);
			return;
		}
		const { message } = parsed;
		if (message.kind === "shutdown") {
			host.exit(0);
		} else if (message.kind === "open" && opened === undefined) {
			if (message.protocolVersion !== protocolVersion) {
				send({ kind: "unusable", ...errorToWire(versionError()) });
				return;
			}
			const { modelFolder, threads, cacheFolder } = message;
			opened = open({ modelFolder, threads, cacheFolder }, logger);
			opened.then(
				({ engine, modelName, backendName }) => {
					stop();
					serveEngine(engine, port, logger, {
						onShutdown: () => {
							void engine.dispose().finally(() => {
								host.exit(0);
							});
						},
					});
					send({ kind: "ready", protocolVersion, modelName, backendName });
				},
				(error: unknown) => {
					send({ kind: "unusable", ...errorToWire(error) });
				},
			);
		} else {
			logger.warn(`The engine received “${message.kind}” out of turn.`);
		}
	});
}

function versionError(): EngineError {
	return new EngineError(
		"runtimeFailed",
		"The engine's process belongs to another version of Mote; reload the window.",
	);
}
