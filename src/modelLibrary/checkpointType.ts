import { open } from "node:fs/promises";
import * as z from "zod";
import { withoutByteOrderMark } from "../base/byteOrderMark.ts";
import { LibraryError } from "./libraryError.ts";

const maxConfigBytes = 1_000_000;
const configSchema = z.object({ model_type: z.string().max(100) });

/** Reads the type of a checkpoint in its config.json, and throws a LibraryError "modelUnsupported" for another. */
export async function refuseOtherArchitecture(
	configPath: string,
	repository: string,
	importable: ReadonlySet<string>,
): Promise<void> {
	const type = await modelType(configPath);
	if (type === undefined) {
		throw new LibraryError(
			"modelUnsupported",
			`${repository} has a config.json that names no type of model; choose another repository.`,
		);
	}
	if (!importable.has(type)) {
		const shown = type.replace(/[^\w.-]/g, "").slice(0, 40);
		throw new LibraryError(
			"modelUnsupported",
			`${repository} is of the type "${shown}", which this version of Mote can't import (it can: ${[...importable].join(", ")}); run it with a server such as Ollama or llama.cpp and connect to that.`,
		);
	}
}

async function modelType(configPath: string): Promise<string | undefined> {
	await using file = await open(configPath);
	const { size } = await file.stat();
	if (size > maxConfigBytes) {
		return undefined;
	}
	try {
		const json: unknown = JSON.parse(withoutByteOrderMark(await file.readFile("utf8")));
		const parsed = configSchema.safeParse(json);
		return parsed.success ? parsed.data.model_type : undefined;
	} catch {
		// No JSON names no type.
		return undefined;
	}
}
