import type * as onnxruntime from "onnxruntime-node";
import { runtimeError } from "../runtimeError.ts";
import { runtimeEnvironment } from "./sessionOptions.ts";

export type Runtime = typeof onnxruntime;

/** The library, loaded late: where another backend runs the model its process never holds it. */
export async function loadRuntime(): Promise<Runtime> {
	Object.assign(process.env, runtimeEnvironment);
	return await import("onnxruntime-node");
}

/** @throws EngineError "runtimeFailed" */
export async function runtimeVersion(): Promise<string> {
	try {
		const { versions } = (await loadRuntime()).env;
		return versions.node ?? versions.common;
	} catch (error) {
		throw runtimeError("ONNX Runtime could not be loaded", error);
	}
}
