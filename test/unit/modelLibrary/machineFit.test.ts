import { expect, test } from "vitest";
import { byteText } from "../../../src/base/byteText.ts";
import { fitOf, importedBytes } from "../../../src/modelLibrary/machineFit.ts";

const gb = 1e9;
const coder = { downloadBytes: 61 * gb, installedBytes: importedBytes(61 * gb) };

test.each([
	[{ memoryBytes: 64 * gb, freeDiskBytes: 500 * gb }, "fits", undefined],
	[
		{ memoryBytes: 16 * gb, freeDiskBytes: 500 * gb },
		"notEnoughMemory",
		"Coder needs 25.9 GB of memory beside an editor, and this machine has 16 GB; choose a smaller model.",
	],
	[
		{ memoryBytes: 64 * gb, freeDiskBytes: 40 * gb },
		"diskFull",
		"Coder needs 83.4 GB on the disk while it is installed, and 40 GB are free; make room for it.",
	],
])("on %j it is: %s", (machine, kind, sentence) => {
	expect(fitOf("Coder", coder, machine)).toEqual(
		sentence === undefined ? { kind } : { kind, sentence },
	);
});

test("what has come already needs no room a second time", () => {
	const machine = { memoryBytes: 64 * gb, freeDiskBytes: 30 * gb };
	expect(fitOf("Coder", { ...coder, downloadBytes: 5 * gb }, machine).kind).toBe("fits");
});

test.each([
	[0, "0 bytes"],
	[999, "999 bytes"],
	[1000, "1 kB"],
	[999_960, "1 MB"],
	[24_300_000_000, "24.3 GB"],
	[5e15, "5000 TB"],
])("%d bytes are read as %s", (bytes, text) => {
	expect(byteText(bytes)).toBe(text);
});
