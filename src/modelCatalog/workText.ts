import { byteText } from "../base/byteText.ts";
import type { WorkStep } from "../modelProcess/protocol.ts";
import type { RowState } from "./messages.ts";

/** A step for people: what is being done, how far it is, how fast, and how long it will take. */
export function workingState(
	step: WorkStep,
	bytesPerSecond: number | undefined,
): Extract<RowState, { kind: "working" }> {
	switch (step.kind) {
		case "waiting":
			return {
				kind: "working",
				text: "Waits until what was asked for before is done.",
				fraction: undefined,
			};
		case "listing":
			return { kind: "working", text: "Asks the hub for the model's files.", fraction: undefined };
		case "checking":
			return {
				kind: "working",
				text: `Checks what came before: ${partText(step)}.`,
				fraction: fractionOf(step),
			};
		case "downloading":
			return {
				kind: "working",
				text: `Downloads and checks: ${partText(step)}${speedText(step, bytesPerSecond)}.`,
				fraction: fractionOf(step),
			};
		case "converting":
			return {
				kind: "working",
				text: `Downloaded and checked. Converts: ${percentText(step.fraction)}.`,
				fraction: step.fraction,
			};
		case "unpacking":
			return {
				kind: "working",
				text: `Downloaded and checked. Unpacks: ${percentText(step.fraction)}.`,
				fraction: step.fraction,
			};
	}
}

/** What came of something whose installation was ended; `missing` is what comes after the download. */
export function pausedState(
	progress: Progress,
	missing: "converted" | "unpacked" = "converted",
): Extract<RowState, { kind: "paused" }> {
	const fraction = fractionOf(progress);
	const text =
		fraction < 1
			? `Paused at ${percentText(fraction)}: ${partText(progress)} are here.`
			: `Downloaded and checked; not ${missing} yet.`;
	return { kind: "paused", text, fraction };
}

export interface Progress {
	readonly doneBytes: number;
	readonly totalBytes: number;
}

/** From 0 to 1; a model of nothing is whole. */
export function fractionOf({ doneBytes, totalBytes }: Progress): number {
	return totalBytes > 0 ? Math.min(1, doneBytes / totalBytes) : 1;
}

/** "43 %". 100 only when it is all. */
export function percentText(fraction: number): string {
	return `${Math.floor(fraction * 100)} %`;
}

function partText({ doneBytes, totalBytes }: Progress): string {
	return `${byteText(doneBytes)} of ${byteText(totalBytes)}`;
}

function speedText(
	{ doneBytes, totalBytes }: Progress,
	bytesPerSecond: number | undefined,
): string {
	if (bytesPerSecond === undefined || bytesPerSecond <= 0) {
		return "";
	}
	const left = durationText((totalBytes - doneBytes) / bytesPerSecond);
	return `, ${byteText(Math.round(bytesPerSecond))} a second, ${left} left`;
}

function durationText(seconds: number): string {
	if (seconds < 90) {
		return "about a minute";
	}
	const minutes = Math.round(seconds / 60);
	return minutes < 90 ? `${minutes} minutes` : `${Math.round(minutes / 60)} hours`;
}
