/**
 * Lays out what a package for another platform holds: what this platform's has, with the other's runtime and addon.
 *
 *     node scripts/stagePackage.mjs linux-arm64 out/package/linux-arm64
 *
 * Needs a build. The addon is taken where this machine can compile it; else one line says what is missing.
 */
import { copyFile, link, mkdir, rm } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { listFiles, PackageManager } from "@vscode/vsce";
import { repositoryRoot } from "./install.mjs";
import { crossAddon } from "./native.mjs";
import { copyRuntime } from "./runtime.mjs";
import { isTarget, targets } from "./targets.mjs";

/** What isn't the same on every platform. */
const ownParts = ["dist/node_modules/", "dist/native/"];

/**
 * @param {import("./targets.mjs").Target} target
 * @param {string} folder is emptied first
 */
export async function stagePackage(target, folder) {
	await rm(folder, { recursive: true, force: true });
	const files = await listFiles({ cwd: repositoryRoot, packageManager: PackageManager.None });
	const shared = files.filter((file) => !ownParts.some((part) => file.startsWith(part)));
	for (const file of [...shared, ".vscodeignore"]) {
		const staged = path.join(folder, file);
		await mkdir(path.dirname(staged), { recursive: true });
		// The models are large.
		await link(path.join(repositoryRoot, file), staged).catch(() =>
			copyFile(path.join(repositoryRoot, file), staged),
		);
	}
	const modules = path.join(repositoryRoot, "node_modules");
	await copyRuntime(modules, path.join(folder, "dist/node_modules"), targets[target]);
	const addon = crossAddon(target);
	if (addon !== undefined) {
		await mkdir(path.join(folder, "dist/native"), { recursive: true });
		await copyFile(addon, path.join(folder, "dist/native/mote.node"));
	}
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
	const [target = "", folder = ""] = process.argv.slice(2);
	if (!isTarget(target) || folder === "") {
		throw new Error("usage: node scripts/stagePackage.mjs <target> <folder>");
	}
	await stagePackage(target, path.resolve(folder));
}
