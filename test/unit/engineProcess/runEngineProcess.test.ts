import { expect, test } from "vitest";
import { nullLogger } from "../../../src/base/log.ts";
import { protocolVersion } from "../../../src/engineProcess/protocol.ts";
import {
	runEngineProcess,
	type OpenedEngine,
	type OpenEngine,
} from "../../../src/engineProcess/runEngineProcess.ts";
import { eventually } from "../../support/eventually.ts";
import { FakeClock, settle } from "../../support/fakeClock.ts";
import { fakeEngine } from "../../support/fakeEngine.ts";
import { pairedPorts, type PairedPorts } from "../../support/pairedPorts.ts";

/** How a process has ended itself: with a code, or without waiting for anything. */
type End = number | "killed";

const endsInto = (ends: End[]) => ({
	exit: (code: number): void => void ends.push(code),
	kill: (): void => void ends.push("killed"),
});

/** A process that was asked to open a model, with the engine's end under control. */
async function openedProcess(open: OpenEngine) {
	const ports = pairedPorts();
	const clock = new FakeClock();
	const exits: End[] = [];
	const host = { port: ports.child, logger: nullLogger, clock, ...endsInto(exits) };
	runEngineProcess(host, open);
	const heard: unknown[] = [];
	ports.parent.onMessage((message) => heard.push(message));
	const snapshotFolder = "/storage/prefixes";
	const folders = { modelFolder: "models/counter", snapshotFolder };
	ports.parent.send({ kind: "open", protocolVersion, ...folders });
	await eventually(() => heard.length === 1);
	return { ports, clock, exits };
}

function engineThatEnds(dispose: () => Promise<void>): OpenEngine {
	const { engine } = fakeEngine();
	const ending: OpenedEngine["engine"] = {
		generate: (...args) => engine.generate(...args),
		learn: (change) => engine.learn(change),
		dispose,
	};
	return () => Promise.resolve({ engine: ending, modelName: "counter", backendName: "fake" });
}

test("the folder of saved prefixes reaches the engine", async () => {
	const asked: unknown[] = [];
	await openedProcess((request, ...rest) => {
		asked.push(request);
		return engineThatEnds(() => Promise.resolve())(request, ...rest);
	});
	expect(asked).toEqual([
		{ modelFolder: "models/counter", threads: undefined, snapshotFolder: "/storage/prefixes" },
	]);
});

test("a process whose parent is gone waits for its engine to end, and not for long", async () => {
	const ending = Promise.withResolvers<undefined>();
	const patient = await openedProcess(engineThatEnds(() => ending.promise));
	patient.ports.close();
	await settle();
	expect(patient.exits).toEqual([]);
	ending.resolve(undefined);
	await settle();
	expect(patient.exits).toEqual(["killed"]);

	const hanging = await openedProcess(engineThatEnds(() => new Promise(() => undefined)));
	hanging.ports.close();
	await hanging.clock.advance(1799);
	expect(hanging.exits).toEqual([]);
	await hanging.clock.advance(1);
	// An exit would wait for what hangs.
	expect(hanging.exits).toEqual(["killed"]);
});

test("an engine that fails at its end does not keep the process", async () => {
	const failing = await openedProcess(engineThatEnds(() => Promise.reject(new Error("no"))));
	failing.ports.parent.send({ kind: "shutdown" });
	await eventually(() => failing.exits.length > 0);
	expect(failing.exits).toEqual([0]);
});

test.each<[string, (ports: PairedPorts) => void, End]>([
	["is told to end", (ports) => ports.parent.send({ kind: "shutdown" }), 0],
	["has lost its parent", (ports) => ports.close(), "killed"],
])(
	"a process that %s while it opens a model writes what has to be written",
	async (_, endIt, expected) => {
		const ports = pairedPorts();
		const exits: End[] = [];
		const written = Promise.withResolvers<undefined>();
		let works = 0;
		const opening = Promise.withResolvers<undefined>();
		runEngineProcess(
			{
				port: ports.child,
				logger: nullLogger,
				clock: new FakeClock(),
				...endsInto(exits),
			},
			(_request, _logger, beforeEnd) => {
				beforeEnd(() => Promise.reject(new Error("withdrawn")))();
				beforeEnd(() => {
					works++;
					return written.promise;
				});
				opening.resolve(undefined);
				return new Promise<never>(() => undefined);
			},
		);
		ports.parent.send({ kind: "open", protocolVersion, modelFolder: "models/counter" });
		await opening.promise;
		endIt(ports);
		await settle();
		expect([works, exits]).toEqual([1, []]);
		written.resolve(undefined);
		await settle();
		expect(exits).toEqual([expected]);
	},
);
