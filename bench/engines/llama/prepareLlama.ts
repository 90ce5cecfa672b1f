import { createHash } from "node:crypto";
import { execFile } from "node:child_process";
import { copyFile, mkdir, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { UserError } from "../../../src/base/userError.ts";
import type { InstructionChoice } from "../engineNames.ts";
import { cacheFolder, makeOnce } from "../makeOnce.ts";
import { writeCheckpointGguf } from "../gguf/writeCheckpointGguf.ts";
import { findInstalledLlama } from "./installedLlama.ts";

const run = promisify(execFile);

/** What {@link LlamaBackend} is opened with, but for the threads. */
export interface PreparedLlama {
	readonly addonPath: string;
	readonly libraryPath: string;
	readonly backendFolder: string;
	readonly ggufPath: string;
	readonly version: string;
}

const sources = ["libllama.h", "libllama.cc", "llamaAddon.cc"];

/** llama.cpp's build for processors with AVX2 and FMA, but neither AVX-VNNI nor AVX-512. */
const avx2Backend = "libggml-cpu-haswell.so";

/**
 * Makes llama.cpp ready for the weights of `checkpointFolder`: builds the addon, writes the GGUF file, and
 * lays out the backends to choose from. Throws a UserError that says what is missing.
 */
export async function prepareLlama(
	checkpointFolder: string,
	instructions: InstructionChoice,
): Promise<PreparedLlama> {
	const installed = await findInstalledLlama();
	if (installed === undefined) {
		throw new UserError(
			"llamaMissing",
			"llama.cpp is not installed: run “npm ci” in bench/engines (Linux on x64).",
		);
	}
	const { folder, libraryPath, version } = installed;
	return {
		addonPath: await buildAddon(),
		libraryPath,
		backendFolder: instructions === "best" ? folder : await onlyAvx2(folder),
		ggufPath: await writeGgufOnce(checkpointFolder),
		version,
	};
}

async function buildAddon(): Promise<string> {
	const hash = createHash("sha256");
	for (const name of sources) {
		hash.update(await readFile(join(import.meta.dirname, name)));
	}
	const path = join(cacheFolder, `llama-${hash.digest("hex").slice(0, 16)}.node`);
	return await makeOnce(path, async (partial) => {
		const headers = join(dirname(process.execPath), "../include/node");
		const files = sources
			.filter((name) => name.endsWith(".cc"))
			.map((name) => join(import.meta.dirname, name));
		const flags = ["-std=c++20", "-O2", "-Wall", "-Wextra", "-Werror", "-shared", "-fPIC"];
		await run("g++", [...flags, "-fvisibility=hidden", `-I${headers}`, ...files, "-o", partial]);
	});
}

/** Named after what it was written from: another checkpoint gets another file. */
async function writeGgufOnce(checkpointFolder: string): Promise<string> {
	const hash = createHash("sha256");
	for (const name of ["config.json", "tokenizer.json", "model.safetensors"]) {
		hash.update(await readFile(join(checkpointFolder, name)));
	}
	const path = join(cacheFolder, `${hash.digest("hex").slice(0, 16)}.gguf`);
	return await makeOnce(path, async (partial) => {
		await writeCheckpointGguf(checkpointFolder, partial);
	});
}

/** A folder with one backend to choose from. What it links to lies beside llama.cpp's library and is loaded before it. */
async function onlyAvx2(folder: string): Promise<string> {
	const only = join(cacheFolder, "avx2");
	await mkdir(only, { recursive: true });
	await copyFile(join(folder, avx2Backend), join(only, avx2Backend));
	return only;
}
