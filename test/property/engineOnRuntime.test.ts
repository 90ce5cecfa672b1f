import { openBackend } from "../support/tinyModel.ts";
import { describeRuntimeLaws } from "./runtimeLaws.ts";

const runtime = { name: "onnxruntime-node", open: openBackend };

describeRuntimeLaws({ ...runtime, quantization: "fp32", tolerance: 1e-3 });
describeRuntimeLaws({ ...runtime, quantization: "int4", tolerance: 0.1 });
