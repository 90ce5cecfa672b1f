import * as z from "zod";
import type { CheckpointSource } from "../../src/importer/checkpointSource.ts";
import { tinyNotes } from "../../test/support/randomCheckpoint.ts";
import { tinyTokenizerJson } from "../../test/support/tinyTokenizer.ts";
import { RandomTensors } from "./randomTensors.ts";

/** What of a published shape is made. */
export interface ShapedOptions {
	/** What the shape is called. */
	readonly name: string;
	/** Layers that are made, of those that the config has. */
	readonly layers: number;
	/** Tokens of the vocabulary; those of the config without it. */
	readonly vocabulary?: number | undefined;
	readonly seed: number;
}

const configSchema = z.looseObject({
	num_hidden_layers: z.int().positive(),
	vocab_size: z.int().positive(),
});

/** A checkpoint of random weights in the shapes that a published `config.json` declares, made while it is read. */
export function shapedCheckpoint(
	config: unknown,
	{ name, layers, vocabulary, seed }: ShapedOptions,
): CheckpointSource {
	const published = configSchema.parse(config);
	const shaped = {
		...published,
		num_hidden_layers: layers,
		vocab_size: vocabulary ?? published.vocab_size,
	};
	const defaultName = partOf(name, layers, published.num_hidden_layers);
	const texts: Readonly<Record<string, string>> = {
		"config.json": JSON.stringify(shaped),
		// Its ids are the first of the vocabulary; whoever measures gives ids, not text.
		"tokenizer.json": tinyTokenizerJson(),
		"mote.json": JSON.stringify({ ...tinyNotes, name: defaultName, license: "none" }),
	};
	return {
		path: name,
		defaultName,
		int4Notice: undefined,
		text: (file) => Promise.resolve(texts[file]),
		openTensors: () => Promise.resolve(new RandomTensors(seed)),
	};
}

const partOf = (name: string, layers: number, all: number): string =>
	`${name}, ${layers} of ${all} layers`;

/** What {@link partOf} has put together; undefined for other names. */
export function layersIn(
	name: string,
): { readonly shape: string; readonly layers: number; readonly all: number } | undefined {
	const [, shape, layers, all] = /^(.+), (\d+) of (\d+) layers$/.exec(name) ?? [];
	return shape === undefined ? undefined : { shape, layers: Number(layers), all: Number(all) };
}
