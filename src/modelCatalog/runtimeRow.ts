import { byteText } from "../base/byteText.ts";
import { cudaRuntime, downloadBytes, installedBytes } from "../model/cudaRuntime.ts";
import { diskFitOf } from "../modelLibrary/machineFit.ts";
import { cudaKey, type CatalogFacts } from "./catalogFacts.ts";
import { failureOf, removal, runningState } from "./catalogRows.ts";
import type { LabelledText, RowView } from "./messages.ts";
import { pausedState } from "./workText.ts";

/** What runs models on graphics cards of NVIDIA; undefined where nothing could use it and nothing of it is here. */
export function cudaRow(facts: CatalogFacts): RowView | undefined {
	const { hasDriver, runtime } = facts.cuda;
	const work = facts.works.get(cudaKey);
	return hasDriver || runtime.kind !== "absent" || work !== undefined
		? {
				id: cudaKey,
				name: cudaRuntime.name,
				badges: [],
				details,
				...stateOf(facts),
				...failureOf(work),
				...runningState(work),
			}
		: undefined;
}

function stateOf(facts: CatalogFacts): Pick<RowView, "summary" | "state" | "fit" | "actions"> {
	const { runtime } = facts.cuda;
	const { license } = cudaRuntime;
	switch (runtime.kind) {
		case "absent": {
			const fit = fitOfRuntime(facts, 0);
			return {
				summary: `${byteText(downloadBytes(cudaRuntime))} to download · ${license}`,
				state: { kind: "still" },
				fit,
				actions: fit.kind === "fits" ? [{ action: "install", label: "Install" }] : [],
			};
		}
		case "unfinished":
			return {
				summary: `${byteText(runtime.totalBytes)} to download · ${license}`,
				state: pausedState(runtime, "unpacked"),
				fit: fitOfRuntime(facts, runtime.doneBytes),
				actions: [{ action: "resume", label: "Resume" }, removal(runtime.doneBytes)],
			};
		case "installed":
			return {
				summary: `${byteText(runtime.bytes)} · ${license}`,
				state: { kind: "still" },
				fit: { kind: "unknown", sentence: "It takes effect where “mote.engine.gpu” says so." },
				actions: [removal(runtime.bytes)],
			};
	}
}

/** `doneBytes` of the download are here already. */
function fitOfRuntime({ library }: CatalogFacts, doneBytes: number): RowView["fit"] {
	if (library === undefined) {
		return { kind: "unknown", sentence: "The free disk is being measured." };
	}
	const needs = {
		downloadBytes: downloadBytes(cudaRuntime) - doneBytes,
		installedBytes: installedBytes(cudaRuntime),
	};
	const fit = diskFitOf(cudaRuntime.name, needs, library);
	return fit.kind === "fits"
		? {
				kind: "fits",
				sentence: `It fits: it needs ${byteText(needs.downloadBytes + needs.installedBytes)} on the disk while it is installed, ${byteText(needs.installedBytes)} after that.`,
			}
		: { kind: "doesNotFit", sentence: fit.sentence };
}

const details: readonly LabelledText[] = [
	{ label: "What it is", text: "ONNX Runtime 1.29.0 of Microsoft with its provider for CUDA 13" },
	{
		label: "Also needed",
		text: "From NVIDIA, which Mote doesn't download: the card's driver, CUDA 13 (cudart, cuBLAS, cuRAND, cuFFT) and cuDNN 9",
	},
	{ label: "Download", text: byteText(downloadBytes(cudaRuntime)) },
	{ label: "Licence", text: cudaRuntime.license },
	{
		label: "From",
		text: `Packages of the npm registry: ${cudaRuntime.archives.map(({ name }) => name).join(", ")}`,
	},
	{ label: "Tried with Mote", text: "Not on a graphics card yet" },
];
