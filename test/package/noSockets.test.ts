import { spawn } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";

const root = path.resolve(import.meta.dirname, "../..");
const cli = path.join(root, "dist/cli.js");

/** Ends the process at the first connection: all of Node's clients open their sockets with this function. */
const guard = `
import net from "node:net";
net.Socket.prototype.connect = function () {
	process.stderr.write("a socket was opened\\n");
	process.exit(97);
};
`;

let folder: string;
let guardFile: string;

beforeAll(async () => {
	folder = await mkdtemp(path.join(tmpdir(), "mote-no-sockets-"));
	guardFile = path.join(folder, "guard.mjs");
	await writeFile(guardFile, guard);
});

afterAll(async () => {
	await rm(folder, { recursive: true });
});

/** How the process ended. */
async function exitCode(...parameters: readonly string[]): Promise<number | null> {
	const child = spawn(process.execPath, ["--import", guardFile, ...parameters], {
		cwd: root,
		stdio: "ignore",
	});
	return new Promise((resolve) => child.once("close", resolve));
}

test("the command line completes without opening a socket", async () => {
	const file = path.join(folder, "sum.ts");
	await writeFile(file, "export function sum(a: number, b: number)\n");
	// 1 is its answer where the model is not sure of anything.
	expect([0, 1]).toContain(await exitCode(cli, "complete", `${file}:1:42`));
});

test("the guard would see one", async () => {
	const asks = 'await fetch("http://127.0.0.1:59999/").catch(() => undefined);';
	expect(await exitCode("--input-type=module", "--eval", asks)).toBe(97);
});
