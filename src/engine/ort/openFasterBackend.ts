import { cpus } from "node:os";
import type { Clock } from "../../base/clock.ts";
import type { Logger } from "../../base/log.ts";
import type { ModelFolder } from "../../model/modelStore.ts";
import type { Backend } from "../backend.ts";
import { RememberedMeasurements, type MeasuredOn } from "../rememberedMeasurements.ts";
import {
	chooseGraph,
	describeChoice,
	maxTimedWeightsBytes,
	type ExpertsGraph,
	graphChoices,
	type GraphChoice,
} from "./graphChoice.ts";
import { openExportedBackend } from "./exportedBackend.ts";
import { openOrtBackend, type OrtBackend } from "./ortBackend.ts";
import { runtimeVersion } from "./runtime.ts";
import { timePasses } from "./timePasses.ts";

export interface FasterBackendOptions {
	readonly model: ModelFolder;
	readonly threads: number;
	readonly clock: Clock;
	/** Where the choice is remembered; without it both graphs are timed at every start. */
	readonly cacheFolder: string | undefined;
	readonly logger: Logger;
}

export interface FasterBackend {
	readonly backend: Backend;
	/** For people: which graph runs, and why; undefined where the model has only one. */
	readonly graphDescription: string | undefined;
}

/**
 * Loads a model into ONNX Runtime in the one of its graphs that is faster on this machine: the first time
 * both, for about half a second, from then on the one that was chosen.
 *
 * @throws EngineError "runtimeFailed"
 */
export async function openFasterBackend(options: FasterBackendOptions): Promise<FasterBackend> {
	const { manifest, graphPath, portableGraphPath } = options.model;
	if (manifest.exportedGraph !== undefined) {
		const exported = { graphPath, manifest, names: manifest.exportedGraph };
		const backend = await openExportedBackend({ ...exported, threads: options.threads });
		return { backend, graphDescription: undefined };
	}
	const open = (path: string): Promise<OrtBackend> =>
		openOrtBackend({ graphPath: path, manifest, threads: options.threads });
	if (portableGraphPath === undefined) {
		return { backend: await open(graphPath), graphDescription: undefined };
	}
	if (manifest.files.weights.bytes > maxTimedWeightsBytes) {
		return {
			backend: await open(portableGraphPath),
			graphDescription: "portable experts (the model is too large to be loaded twice for a trial)",
		};
	}
	const paths = { qmoe: graphPath, portable: portableGraphPath };
	const { cacheFolder, logger } = options;
	const remembered =
		cacheFolder === undefined
			? undefined
			: new RememberedMeasurements(cacheFolder, graphChoices, logger);
	const key = await choiceKey(options);
	const known = await remembered?.find(key);
	if (known !== undefined) {
		return { backend: await open(paths[known.graph]), graphDescription: describeChoice(known) };
	}
	const { backend, choice } = await openAndCompare(paths, open, options.clock);
	await remembered?.remember(key, choice);
	return { backend, graphDescription: describeChoice(choice) };
}

async function openAndCompare(
	paths: Readonly<Record<ExpertsGraph, string>>,
	open: (path: string) => Promise<OrtBackend>,
	clock: Clock,
): Promise<{ readonly backend: OrtBackend; readonly choice: GraphChoice }> {
	/** What nobody will use: both where one fails, the slower one in the end. */
	const opened: OrtBackend[] = [];
	try {
		const qmoe = await open(paths.qmoe);
		opened.push(qmoe);
		const portable = await open(paths.portable);
		opened.push(portable);
		const choice = chooseGraph(await timePasses({ qmoe, portable }, clock));
		const backend = choice.graph === "qmoe" ? qmoe : portable;
		opened.splice(opened.indexOf(backend), 1);
		return { backend, choice };
	} finally {
		await Promise.all(opened.map((backend) => backend.dispose()));
	}
}

async function choiceKey({ model, threads }: FasterBackendOptions): Promise<MeasuredOn> {
	return {
		processor: cpus()[0]?.model ?? "unknown",
		runtime: await runtimeVersion(),
		threads,
		weights: model.manifest.files.weights.sha256,
	};
}
