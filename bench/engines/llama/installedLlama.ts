import { existsSync } from "node:fs";
import { readFile, readdir } from "node:fs/promises";
import { join } from "node:path";
import * as z from "zod";

/** node-llama-cpp's build of llama.cpp, where `npm ci` in bench/engines has installed it. */
export interface InstalledLlama {
	readonly libraryPath: string;
	/** Holds one `libggml-cpu-….so` for each family of processors. */
	readonly folder: string;
	/** Version of the package, and of llama.cpp in it. */
	readonly version: string;
}

const packageFolder = join(import.meta.dirname, "../node_modules/@node-llama-cpp/linux-x64");
const buildSchema = z.object({
	buildOptions: z.object({ llamaCpp: z.object({ release: z.string() }) }),
});
const packageSchema = z.object({ version: z.string() });

/** Undefined when it isn't installed, or not for this platform. */
export async function findInstalledLlama(): Promise<InstalledLlama | undefined> {
	const folder = join(packageFolder, "bins/linux-x64");
	if (!existsSync(folder)) {
		return undefined;
	}
	const library = (await readdir(folder)).find((name) => /^libllama\.[\w.]*so$/.test(name));
	if (library === undefined) {
		return undefined;
	}
	const { version } = packageSchema.parse(await readJson(join(packageFolder, "package.json")));
	const build = buildSchema.parse(await readJson(join(folder, "_nlcBuildMetadata.json")));
	return {
		libraryPath: join(folder, library),
		folder,
		version: `${build.buildOptions.llamaCpp.release} (node-llama-cpp ${version})`,
	};
}

async function readJson(path: string): Promise<unknown> {
	return JSON.parse(await readFile(path, "utf8"));
}
