import { assertNever } from "../base/assert.ts";
import type { Clock } from "../base/clock.ts";
import type { Logger } from "../base/log.ts";
import type { ProcessPort } from "../base/process/port.ts";
import { isUserError } from "../base/userError.ts";
import { parseRepository } from "../modelLibrary/hub/hubAddress.ts";
import type { InstallStep, LibraryEntry, ModelLibrary } from "../modelLibrary/modelLibrary.ts";
import type { RuntimeLibrary, RuntimeStep } from "../modelLibrary/runtimes/runtimeLibrary.ts";
import type { InstallOutcome } from "../modelLibrary/turns.ts";
import {
	toLibrarySchema,
	type CatalogEntry,
	type FromLibrary,
	type ToLibrary,
	type WorkStep,
} from "./protocol.ts";

export interface LibraryHost {
	/** To the parent. */
	readonly port: ProcessPort;
	readonly library: Pick<ModelLibrary, "list" | "install" | "importFrom" | "remove">;
	readonly runtime: Pick<RuntimeLibrary, "state" | "install" | "remove">;
	/** Of the library's disk, in bytes. */
	readonly freeDiskBytes: () => Promise<number>;
	readonly clock: Clock;
	readonly logger: Logger;
	/** Called when the parent is gone and nothing is being written any more. */
	readonly onEnd: () => void;
}

type AnyStep = InstallStep | RuntimeStep;
type Work = Exclude<ToLibrary, { readonly kind: "pause" | "end" }>;

/** Nobody reads more than this, and each step is a message. */
const stepEveryMs = 250;
const maxSentenceLength = 4000;

/** A notice of the work that runs: conversions go one after the other. */
export interface LibraryServer {
	notice(sentence: string): void;
}

/** Serves a library over a port. When the other side is gone, all that runs pauses: what came is kept. */
export function serveLibrary(host: LibraryHost): LibraryServer {
	const { port, logger } = host;
	const working = new Map<number, AbortController>();
	const running = new Set<Promise<void>>();
	let noticed: number | undefined;
	const send = (message: FromLibrary): void => port.send(message);

	const work = async (
		callId: number,
		doIt: (onStep: (step: AnyStep) => void, signal: AbortSignal) => Promise<InstallOutcome>,
	): Promise<void> => {
		const pause = new AbortController();
		working.set(callId, pause);
		const sendStep = slowly(host.clock, (step) => send({ kind: "step", callId, step }));
		try {
			const outcome = await doIt((step) => {
				// Only conversions have something to notice.
				noticed = step.kind === "converting" ? callId : noticed;
				sendStep(step);
			}, pause.signal);
			send(
				outcome.kind === "paused"
					? { kind: "paused", callId }
					: { kind: "installed", callId, folder: outcome.folder },
			);
		} finally {
			working.delete(callId);
		}
	};

	const handle = async (message: Work): Promise<void> => {
		const { callId } = message;
		switch (message.kind) {
			case "list": {
				const entries = (await host.library.list()).map(catalogEntry);
				const freeDiskBytes = await host.freeDiskBytes();
				const runtime = await host.runtime.state();
				send({ kind: "listed", callId, entries, runtime, freeDiskBytes });
				return;
			}
			case "install": {
				const repository = parseRepository(message.repository);
				return work(callId, (onStep, signal) =>
					host.library.install(repository, { onStep, signal }),
				);
			}
			case "import":
				return work(callId, (onStep, signal) =>
					host.library.importFrom(message.path, { onStep, signal }),
				);
			case "installRuntime":
				return work(callId, (onStep, signal) => host.runtime.install({ onStep, signal }));
			case "removeRuntime": {
				const { freedBytes } = await host.runtime.remove();
				send({ kind: "removed", callId, freedBytes });
				return;
			}
			case "remove": {
				const { freedBytes } = await host.library.remove(message.modelId);
				send({ kind: "removed", callId, freedBytes });
				return;
			}
			default:
				assertNever(message);
		}
	};

	const guarded = async (message: Work): Promise<void> => {
		try {
			await handle(message);
		} catch (error) {
			send({ kind: "failed", callId: message.callId, ...faultOf(error, logger) });
		}
	};

	let isEnding = false;
	const end = (): void => {
		if (isEnding) {
			return;
		}
		isEnding = true;
		for (const pause of working.values()) {
			pause.abort();
		}
		void Promise.all(running).then(host.onEnd);
	};

	port.onMessage((raw) => {
		const parsed = toLibrarySchema.safeParse(raw);
		if (!parsed.success) {
			logger.warn("The library received a message that has no known form.");
			return;
		}
		const message = parsed.data;
		if (message.kind === "pause") {
			working.get(message.callId)?.abort();
			return;
		}
		if (message.kind === "end") {
			end();
			return;
		}
		const done = guarded(message).finally(() => running.delete(done));
		running.add(done);
	});
	port.onClose(end);
	return {
		notice: (sentence) => {
			if (noticed !== undefined) {
				send({ kind: "notice", callId: noticed, sentence: sentence.slice(0, maxSentenceLength) });
			}
		},
	};
}

/**
 * Passes on the first step of each kind at once, and of the others the latest for each time that somebody could read: also
 * the last one before nothing comes for a while.
 */
function slowly(clock: Clock, send: (step: WorkStep) => void): (step: AnyStep) => void {
	let kind: string | undefined;
	let latest: WorkStep | undefined;
	let isWaiting = false;
	const sendLatest = async (): Promise<void> => {
		isWaiting = true;
		await clock.sleep(stepEveryMs);
		isWaiting = false;
		if (latest !== undefined) {
			send(latest);
			latest = undefined;
		}
	};
	return (step) => {
		const sendable = "fraction" in step ? { ...step, fraction: inUnit(step.fraction) } : step;
		if (step.kind !== kind) {
			kind = step.kind;
			latest = undefined;
			send(sendable);
			return;
		}
		latest = sendable;
		if (!isWaiting) {
			void sendLatest();
		}
	};
}

function inUnit(fraction: number): number {
	return Math.min(1, Math.max(0, fraction));
}

function catalogEntry(entry: LibraryEntry): CatalogEntry {
	if (entry.kind !== "installed") {
		return entry.kind === "unusable"
			? { ...entry, problem: entry.problem.slice(0, maxSentenceLength) }
			: entry;
	}
	const { id, folder, bytes, manifest } = entry;
	return {
		kind: "installed",
		id,
		folder,
		bytes,
		name: manifest.name,
		license: manifest.license,
		contextTokens: manifest.contextLength,
		fillsIn: manifest.fim !== undefined,
		converses: manifest.chat !== undefined,
	};
}

function faultOf(
	error: unknown,
	logger: Logger,
): { readonly code: string; readonly sentence: string } {
	if (isUserError(error)) {
		return { code: error.code, sentence: error.message.slice(0, maxSentenceLength) };
	}
	logger.error(error instanceof Error ? (error.stack ?? error.message) : String(error));
	return { code: "", sentence: "Mote failed at this because of a bug; its log says more." };
}
