/**
 * Builds for release and packs mote-<target>.vsix, each with the runtime of its platform only:
 *
 *     node scripts/package.mjs                       for this machine
 *     node scripts/package.mjs --target win32-x64    for another; may stand several times
 *     node scripts/package.mjs --target all          for all of them
 *
 * Every platform's runtime comes with npm's package. Mote's addon is only in packages whose addon this machine can compile:
 * its own, and that of Linux on arm64. Models run without it too, only slower.
 */
import { rmSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { developmentNode, installPackages, repositoryRoot } from "./install.mjs";
import { exitWithSentence, runStep, StepError } from "./steps.mjs";
import { isTarget, ownTarget, targets } from "./targets.mjs";

/** @typedef {import("./targets.mjs").Target} Target */

/** Of this machine. */
export async function packageExtension() {
	const [vsix] = await packageTargets([requireOwnTarget()]);
	return /** @type {string} */ (vsix);
}

/**
 * @param {readonly Target[]} wanted
 * @returns {Promise<string[]>} the packages
 */
async function packageTargets(wanted) {
	const node = developmentNode();
	const options = { cwd: repositoryRoot };
	const packages = wanted.map((target) => path.join(repositoryRoot, `mote-${target}.vsix`));
	for (const vsix of packages) {
		// Nobody must take an older one for the one that could not be made.
		rmSync(vsix, { force: true });
	}
	await runStep("build", node, ["esbuild.mjs", "--production"], options);
	for (const [index, target] of wanted.entries()) {
		const isOwn = target === ownTarget();
		const folder = isOwn ? repositoryRoot : path.join(repositoryRoot, "out/package", target);
		if (!isOwn) {
			await runStep(
				`files for ${target}`,
				node,
				["scripts/stagePackage.mjs", target, folder],
				options,
			);
		}
		await runStep(
			isOwn ? "package" : `package for ${target}`,
			node,
			[
				path.join(repositoryRoot, "node_modules/@vscode/vsce/vsce"),
				"package",
				...["--target", target],
				...["--out", packages[index] ?? ""],
				// The bundles hold what they need; the runtime is in dist/node_modules.
				"--no-dependencies",
				// There is no public repository whose address links could be completed with.
				...["--allow-missing-repository", "--no-rewrite-relative-links"],
			],
			{ cwd: folder },
		);
	}
	return packages;
}

/** @param {readonly string[]} names as they stand on the command line */
function wantedTargets(names) {
	if (names.length === 0) {
		return [requireOwnTarget()];
	}
	return [...new Set(names)].flatMap((name) => {
		if (name === "all") {
			return /** @type {Target[]} */ (Object.keys(targets));
		}
		if (!isTarget(name)) {
			throw new StepError(
				`There is no package for ${name}: take all, or of ${Object.keys(targets).join(", ")}.`,
			);
		}
		return [name];
	});
}

function requireOwnTarget() {
	const own = ownTarget();
	if (own === undefined) {
		throw new StepError(
			`There is no package for ${process.platform} on ${process.arch}: name another platform with --target.`,
		);
	}
	return own;
}

async function main() {
	const { values } = parseArgs({ options: { target: { type: "string", multiple: true } } });
	const wanted = wantedTargets(values.target ?? []);
	await installPackages();
	await packageTargets(wanted);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
	await main().catch(exitWithSentence);
}
