import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, readdir, rm, symlink, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { systemClock } from "../../../../src/base/clock.ts";
import {
	defaultSandboxLimits,
	PythonSandbox,
	type ProgramEnd,
} from "../../../../src/evaluation/humanEval/pythonSandbox.ts";
import { FakeClock } from "../../../support/fakeClock.ts";
import { eventually } from "../../../support/eventually.ts";

let sandbox: PythonSandbox;
let folder: string;
let server: Server;
let port: number;
let connections = 0;

beforeAll(async () => {
	sandbox = await PythonSandbox.open(systemClock, { ...limits, cpuSeconds: 2 });
	folder = await mkdtemp(join(tmpdir(), "mote-sandbox-test-"));
	await writeFile(join(folder, "kept"), "as it was");
	server = createServer((socket) => {
		connections++;
		socket.destroy();
	});
	await new Promise<void>((resolve) => {
		server.listen(0, "127.0.0.1", resolve);
	});
	const address = server.address();
	port = typeof address === "object" && address !== null ? address.port : 0;
});
afterAll(async () => {
	await sandbox[Symbol.asyncDispose]();
	await rm(folder, { recursive: true, force: true });
	server.close();
});

/** So little is filled in a moment, also where each new page of memory takes its time. */
const limits = { ...defaultSandboxLimits, memoryBytes: 2 ** 27 };

const assertion = "\nassert add(1, 2) == 3\n";

describe("a program passes", () => {
	test.each<[string, string]>([
		["when every assertion holds", `def add(a, b):\n    return a + b${assertion}`],
		[
			"with what the standard library has",
			"import re, math, hashlib, collections, typing, random, datetime, heapq\nassert hashlib.md5(b'').hexdigest()[0] == 'd'",
		],
		[
			"whatever it prints",
			"import sys\nfor _ in range(100000): print('x' * 100); print('y', file=sys.stderr)",
		],
		["with characters of every kind", "assert len('größe 😀') == 7"],
	])("%s", async (_name, program) => {
		expect(await sandbox.run(program)).toBe("passed");
	});

	test("or fails again: hashes of strings are the same in every process", async () => {
		const luck = "assert hash('a string') % 2 == 0";
		const first = await sandbox.run(luck);
		for (let round = 0; round < 5; round++) {
			expect(await sandbox.run(luck)).toBe(first);
		}
	});
});

describe("a program fails", () => {
	test.each<[string, string]>([
		["when an assertion doesn't hold", `def add(a, b):\n    return a - b${assertion}`],
		["when it isn't Python", "def add(a, b:\n"],
		["when it holds a zero byte", "x = 1\0\n"],
		["when it ends before its assertions, as if all were well", "import sys\nsys.exit(0)"],
		["when it ends its process, as if all were well", "import os\nos._exit(0)"],
		["when it prints that it passed", "print('passed')\nraise SystemExit"],
		[
			"when it writes to the descriptor that is listened to",
			"import os\nos.write(3, b'passed')\nos._exit(0)",
		],
		[
			"when it floods the descriptor that is listened to",
			"import os\nwhile True: os.write(3, b'0' * 65536)",
		],
		[
			"when it catches everything but ends itself",
			"try:\n    assert False\nexcept BaseException:\n    import os; os._exit(0)",
		],
	])("%s", async (_name, program) => {
		expect(await sandbox.run(program)).toBe("failed");
	});

	test.each<[string, string]>([
		["a memory bomb", "x = []\nwhile True: x.append('y' * 10000000)"],
		["one huge text", "x = 'y' * (1 << 33)"],
		["endless recursion", "def f(): f()\nf()"],
		["a fork", "import os\nos.fork()"],
		["a fork bomb", "import os\nwhile True:\n    try: os.fork()\n    except MemoryError: pass"],
		["another program", "import subprocess\nsubprocess.run(['true'])"],
		["another program through the shell", "import os\nos.system('true')"],
		["another program by the module behind subprocess", "import _posixsubprocess"],
		["another process", "import multiprocessing\nmultiprocessing.Process(target=print).start()"],
		["native code", "import ctypes"],
		["signals to others", "import os\nos.kill(os.getppid(), 9)"],
		[
			"a limit that is lifted",
			"import resource\nresource.setrlimit(resource.RLIMIT_CPU, (100, 100))",
		],
	])("by %s", async (_name, program) => {
		expect(await sandbox.run(program)).toBe("failed");
	});
});

describe("files", () => {
	test.each([
		["written", "open(F + 'new', 'w')"],
		["appended to", "open(F + 'kept', 'a')"],
		["opened to be changed", "open(F + 'kept', 'r+')"],
		["made without Python's own files", "import os; os.open(F + 'new', os.O_CREAT | os.O_WRONLY)"],
		["deleted", "import os; os.remove(F + 'kept')"],
		["deleted through pathlib", "import pathlib; pathlib.Path(F + 'kept').unlink()"],
		["renamed", "import os; os.rename(F + 'kept', F + 'new')"],
		["linked", "import os; os.symlink(F + 'kept', F + 'new')"],
		["cut off", "import os; os.truncate(F + 'kept', 0)"],
		["made unreadable", "import os; os.chmod(F + 'kept', 0)"],
		["made as folders", "import os; os.mkdir(F + 'new')"],
		["made as pipes", "import os; os.mkfifo(F + 'new')"],
		["made as pipes, by the module behind os", "import posix; posix.mkfifo(F + 'new')"],
		["deleted with their folder", "import shutil; shutil.rmtree(F)"],
		["written into the folder that it runs in", "open('new', 'w')"],
	])("can't be %s", async (_name, statement) => {
		const program = `F = ${JSON.stringify(`${folder}/`)}\n${statement}\n`;
		expect(await sandbox.run(program)).toBe("failed");
		expect(await readdir(folder)).toEqual(["kept"]);
		expect(existsSync(join(folder, "new"))).toBe(false);
	});
});

describe("the network", () => {
	test.each([
		["a connection", "import socket\nsocket.create_connection(('127.0.0.1', PORT))"],
		[
			"a socket of the module behind socket",
			"import _socket\n_socket.socket().connect(('127.0.0.1', PORT))",
		],
		["a request", "import urllib.request\nurllib.request.urlopen('http://127.0.0.1:PORT')"],
	])("isn't there for %s", async (_name, program) => {
		expect(await sandbox.run(program.replace("PORT", String(port)))).toBe("failed");
		expect(connections).toBe(0);
	});
});

describe("a program is stopped", () => {
	test("when it takes too much of the processor", async () => {
		expect(await sandbox.run("while True: pass")).toBe("stopped");
	});

	test("when it catches what it is told", async () => {
		const stubborn =
			"while True:\n    try:\n        while True: pass\n    except BaseException: pass";
		expect(await sandbox.run(stubborn)).toBe("stopped");
	});

	test("when it takes the signal away, and then doesn't pass", async () => {
		const deaf = "import signal\nsignal.signal(signal.SIGXCPU, signal.SIG_IGN)\nwhile True: pass";
		expect(["failed", "stopped"]).toContain(await sandbox.run(deaf));
	});

	test("when it waits for too long", async () => {
		const clock = new FakeClock();
		await using waiting = await PythonSandbox.open(clock);
		const end = waiting.run("import time\ntime.sleep(100000)");
		await eventually(() => clock.sleepers === 1);
		await clock.advance(defaultSandboxLimits.wallMs);
		expect(await end).toBe("stopped");
	});
});

test("a sandbox in which nothing could pass isn't opened", async () => {
	const impossible = { ...defaultSandboxLimits, memoryBytes: 2 ** 70 };
	await expect(PythonSandbox.open(systemClock, impossible)).rejects.toMatchObject({
		code: "sandboxUnusable",
	});
});

describe("where nobody may have namespaces", () => {
	let alone: PythonSandbox;
	let bin: string;
	beforeAll(async () => {
		bin = await mkdtemp(join(tmpdir(), "mote-only-python-"));
		const { stdout } = await promisify(execFile)("python3", [
			...["-c", "import sys; print(sys.executable, end='')"],
		]);
		await symlink(stdout, join(bin, "python3"));
		vi.stubEnv("PATH", bin);
		alone = await PythonSandbox.open(systemClock, { ...limits, cpuSeconds: 1 });
	});
	afterAll(async () => {
		vi.unstubAllEnvs();
		await alone[Symbol.asyncDispose]();
		await rm(bin, { recursive: true, force: true });
	});

	test("the sandbox says so", () => {
		expect(alone.isolation).toBe("pythonOnly");
	});

	test.each<[ProgramEnd, string, string]>([
		["passed", "what holds", "assert 1 + 1 == 2"],
		["failed", "what doesn't hold", "assert 1 + 1 == 3"],
		["failed", "a connection", "import socket\nsocket.create_connection(('127.0.0.1', PORT))"],
		["failed", "a fork", "import os\nos.fork()"],
		["failed", "another program", "import os\nos.system('true')"],
		["failed", "signals to others", "import os\nos.kill(os.getppid(), 0)"],
		["failed", "a file", "open('new', 'w')"],
		["failed", "a memory bomb", "x = []\nwhile True: x.append('y' * 10000000)"],
		["stopped", "an endless loop", "while True: pass"],
	])("%s: %s", async (end, _name, program) => {
		expect(await alone.run(program.replace("PORT", String(port)))).toBe(end);
		expect(connections).toBe(0);
	});
});

test("many programs one after the other leave nothing behind", async () => {
	const ends: ProgramEnd[] = [];
	for (let round = 0; round < 5; round++) {
		ends.push(await sandbox.run("raise ValueError"), await sandbox.run("pass"));
	}
	expect(ends).toEqual(Array.from({ length: 5 }, () => ["failed", "passed"]).flat());
});
