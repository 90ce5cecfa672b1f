import { round } from "../../src/cli/bench/percentile.ts";
import type { TokenSupply } from "../../src/cli/bench/engineScenarios.ts";
import type { Backend } from "../../src/engine/backend.ts";
import { decodeMs, prefillMs, verifyMs } from "../engines/backendScenarios.ts";
import { supplyOf, type BenchTokens } from "./benchTokens.ts";
import { deviceBytesInUse } from "./deviceBytesInUse.ts";
import { addAgreements, logitAgreement, noRows, type LogitAgreement } from "./logitAgreement.ts";
import { promptRows } from "./promptRows.ts";

/** What is measured of a form; what isn't asked for takes no time. */
export interface FormPlan {
	/** Positions in front of a decode step. */
	readonly pasts: readonly number[];
	/** Tokens of a prefill. */
	readonly chunks: readonly number[];
	/** Small requests that are to leave no memory behind. */
	readonly requests: number;
	readonly tokens: BenchTokens;
	/** What the processor computes for each prompt, which takes a while: asked for behind the times. */
	readonly expected: () => Promise<readonly (readonly Float32Array[])[]>;
	/** By how much two logits may differ without being different. */
	readonly tolerance: number;
}

/** Figures of a form by their names in the report. */
export type FormFigures = Readonly<Record<string, unknown>>;

const verifyPast = 1024;
const drafts = [4, 8];
const prefillRounds = 3;

/** Tells `found` all figures so far behind each part: what comes next may hang, or take the process with it. */
export async function measureForm(
	backend: Backend,
	plan: FormPlan,
	found: (figures: FormFigures) => Promise<void>,
): Promise<void> {
	const supply = supplyOf(plan.tokens);
	let figures: FormFigures = { runs: backend.kvLayout.id };
	const add = async (more: FormFigures): Promise<void> => {
		figures = { ...figures, ...more };
		await found(figures);
	};
	await add({});
	await addTimes(backend, supply, plan, add);
	if (plan.tokens.prompts.length > 0) {
		await add({ agreement: await agreement(backend, plan) });
	}
	if (plan.requests > 0) {
		await add(await growth(backend, supply, plan.requests));
	}
}

async function addTimes(
	backend: Backend,
	tokens: TokenSupply,
	{ pasts, chunks }: FormPlan,
	add: (figures: FormFigures) => Promise<void>,
): Promise<void> {
	const fits = (positions: number): boolean => positions + 64 <= backend.contextLength;
	for (const past of pasts.filter(fits)) {
		await add({ [`decodeMs.${past}`]: round((await decodeMs(backend, tokens, past)).median) });
	}
	for (const draft of pasts.includes(verifyPast) && fits(verifyPast) ? drafts : []) {
		const { median } = await verifyMs(backend, tokens, verifyPast, draft);
		await add({ [`verifyMs.${draft}`]: round(median) });
	}
	for (const chunk of chunks.filter(fits)) {
		const { median } = await prefillMs(backend, tokens, chunk, prefillRounds);
		await add({ [`prefillTokensPerS.${chunk}`]: Math.round((1000 * chunk) / median) });
	}
}

async function agreement(
	backend: Backend,
	{ tokens: { prompts }, expected, tolerance }: FormPlan,
): Promise<LogitAgreement & { readonly prompts: number; readonly tolerance: number }> {
	const wanted = await expected();
	let sum = noRows;
	for (const [index, prompt] of prompts.entries()) {
		const rows = await promptRows(backend, prompt);
		sum = addAgreements(sum, logitAgreement(rows, wanted[index] ?? [], tolerance));
	}
	return { prompts: prompts.length, tolerance, ...sum };
}

/** How much memory small requests leave behind, of this process and of the card: each has a cache of its own. */
async function growth(
	backend: Backend,
	tokens: TokenSupply,
	requests: number,
): Promise<FormFigures> {
	const request = async (start: number): Promise<void> => {
		const cache = backend.createKvCache(40);
		await backend.forward(cache, tokens(32, start), 1);
		await backend.forward(cache, tokens(1, start + 32), 1);
		cache.dispose();
	};
	const warmup = Math.min(200, requests);
	for (let i = 0; i < warmup; i++) {
		await request(i);
	}
	const before = process.memoryUsage.rss();
	const onDeviceBefore = await deviceBytesInUse();
	for (let i = warmup; i < requests; i++) {
		await request(i);
	}
	const onDevice = await deviceBytesInUse();
	return {
		requests,
		grownBytes: process.memoryUsage.rss() - before,
		...(onDevice !== undefined &&
			onDeviceBefore !== undefined && { grownDeviceBytes: onDevice - onDeviceBefore }),
	};
}
