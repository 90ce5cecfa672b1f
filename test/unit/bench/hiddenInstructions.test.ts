import { expect, test } from "vitest";
import {
	instructionEnvironment,
	onnxRuntimeKernels,
} from "../../../bench/engines/processor/hiddenInstructions.ts";

test("with the best instructions nothing is hidden", async () => {
	expect(await instructionEnvironment("best")).toEqual({});
	expect(onnxRuntimeKernels("best", {})).toBe("ONNX Runtime's own choice");
});

test("a result for AVX2 says what was hidden from ONNX Runtime", () => {
	expect(onnxRuntimeKernels("avx2", { MOTE_HIDDEN_INSTRUCTIONS: "AVX-512" })).toBe(
		"ONNX Runtime's own choice, AVX-512 hidden from the process",
	);
});

test("without anything hidden ONNX Runtime isn't measured as if it were on AVX2", () => {
	expect(() => onnxRuntimeKernels("avx2", {})).toThrow(/doesn't let instructions be hidden/);
});
