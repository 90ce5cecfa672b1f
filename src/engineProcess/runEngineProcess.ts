import type { Clock } from "../base/clock.ts";
import type { Logger } from "../base/log.ts";
import { EndWork, type BeforeEnd } from "../base/process/endWork.ts";
import type { Engine } from "../engine/engine.ts";
import { EngineError } from "../engine/errors.ts";
import type { Learner } from "../adaptation/learning.ts";
import type { OpenRequest } from "./handshake.ts";
import type { ProcessPort } from "../base/process/port.ts";
import { errorToWire, parseToEngine, protocolVersion, type FromEngineMessage } from "./protocol.ts";
import { serveEngine } from "./server.ts";

export interface OpenedEngine {
	readonly engine: Engine & Learner;
	readonly modelName: string;
	/** For people: what runs the model, such as “ONNX Runtime, CPU”. */
	readonly backendName: string;
}

/** Loads a model. Rejects with an EngineError when the user has to mend something. */
export type OpenEngine = (
	request: OpenRequest,
	logger: Logger,
	beforeEnd: BeforeEnd,
) => Promise<OpenedEngine>;

export interface EngineProcessHost {
	/** To the parent. */
	readonly port: ProcessPort;
	readonly logger: Logger;
	readonly clock: Clock;
	/** Ends this process, as soon as threads of native code are done with what they do. */
	exit(code: number): void;
	/** Ends it at once, whatever hangs in it. */
	kill(): void;
}

/** Enough for the pass that runs and for what is written at the end. */
const endMs = 1800;

/**
 * The life of the engine's process: waits for "open", loads the model, answers, then serves requests
 * until it is told to shut down. When the parent is gone, it ends by itself, after a bounded time in which the
 * engine may keep what the next start wants: nobody would end it later.
 */
export function runEngineProcess(host: EngineProcessHost, open: OpenEngine): void {
	const { port, logger, clock } = host;
	const send = (message: FromEngineMessage): void => {
		port.send(message);
	};
	let engine: Engine | undefined;
	const endWork = new EndWork();
	const end = async (leave: () => void): Promise<void> => {
		try {
			const work = Promise.all([engine?.dispose(), endWork.run()]);
			await Promise.race([work, clock.sleep(endMs)]);
		} catch (error) {
			logger.error(`The engine did not end in order: ${String(error)}`);
		}
		leave();
	};
	const exit = (): void => host.exit(0);
	// Node waits for a pass that hangs in a driver before it exits, and nobody is left who would end it.
	port.onClose(() => {
		void end(() => host.kill());
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
			void end(exit);
		} else if (message.kind === "open" && opened === undefined) {
			if (message.protocolVersion !== protocolVersion) {
				send({ kind: "unusable", ...errorToWire(versionError()) });
				return;
			}
			const { modelFolder, threads, maxFirstTokenMs, snapshotFolder, cacheFolder } = message;
			const { gpu, gpuLibraries } = message;
			const request = {
				...{ modelFolder, threads, maxFirstTokenMs, snapshotFolder, cacheFolder },
				...{ gpu, gpuLibraries },
			};
			opened = open(request, logger, endWork.add);
			opened.then(
				({ engine: ready, modelName, backendName }) => {
					stop();
					engine = ready;
					serveEngine(ready, port, logger, {
						onShutdown: () => {
							void end(exit);
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
