import { cpus } from "node:os";
import { expect, test } from "vitest";
import { describeMachine, instructionSetsIn } from "../../../../src/cli/bench/machine.ts";

test.each([
	[
		"x86",
		"processor\t: 0\nmodel name\t: Some CPU\nflags\t\t: fpu sse2 avx f16c fma avx2 avx512f avx_vnni avx2048\nbugs\t\t: avx512bw\n",
		["avx", "f16c", "fma", "avx2", "avx_vnni", "avx512f"],
	],
	[
		"ARM",
		"processor\t: 0\nFeatures\t: fp asimd crc32 asimddp i8mm\n",
		["asimd", "asimddp", "i8mm"],
	],
	["a system that has no such list", "", []],
])("the sets of instructions that decide the speed are read on %s", (_, cpuInfo, names) => {
	expect(instructionSetsIn(cpuInfo)).toEqual(names);
});

test("this machine is described by what it says of itself", async () => {
	const { processor, logicalCores, platform } = await describeMachine();
	expect(processor).toBe(cpus()[0]?.model.trim() ?? "unknown");
	expect([logicalCores, platform]).toEqual([cpus().length, `${process.platform}/${process.arch}`]);
});
