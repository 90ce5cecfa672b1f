/**
 * Builds for release and packs mote-<platform>.vsix with the runtime of this platform only:
 *
 *     node scripts/package.mjs
 */
import { rmSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { developmentNode, repositoryRoot } from "./install.mjs";
import { exitWithSentence, runStep, StepError } from "./steps.mjs";

/** What the marketplace calls this platform. Only platforms that were tried are listed. */
const targets = { "linux-x64": "linux-x64" };

export async function packageExtension() {
	const target = targets[`${process.platform}-${process.arch}`];
	if (target === undefined) {
		throw new StepError(
			`There is no package for ${process.platform} on ${process.arch} yet: build on Linux on x64.`,
		);
	}
	const node = developmentNode();
	const options = { cwd: repositoryRoot };
	const vsix = path.join(repositoryRoot, `mote-${target}.vsix`);
	// Nobody must take an older one for the one that could not be made.
	rmSync(vsix, { force: true });
	await runStep("build", node, ["esbuild.mjs", "--production"], options);
	await runStep(
		"package",
		node,
		[
			"node_modules/@vscode/vsce/vsce",
			"package",
			...["--target", target],
			...["--out", vsix],
			// The bundles hold what they need; the runtime is in dist/node_modules.
			"--no-dependencies",
			// There is no public repository whose address links could be completed with.
			...["--allow-missing-repository", "--no-rewrite-relative-links"],
		],
		options,
	);
	return vsix;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
	await packageExtension().catch(exitWithSentence);
}
