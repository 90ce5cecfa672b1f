import { EngineError } from "../../src/engine/errors.ts";
import type { Backend } from "../../src/engine/backend.ts";
import { loadAddon } from "../../src/engine/native/addon.ts";
import { openNativeDeviceBackend } from "../../src/engine/native/nativeDeviceBackend.ts";
import { runtimeLibraryPath } from "../../src/engine/native/runtimeLibrary.ts";
import { openBackend } from "../../src/engine/openBackend.ts";
import { openGpuBackend } from "../../src/engine/openGpuBackend.ts";
import { openDeviceBackend } from "../../src/engine/ort/deviceBackend.ts";
import { systemClock } from "../../src/base/clock.ts";
import { nullLogger } from "../../src/base/log.ts";
import type { ModelFolder } from "../../src/model/modelStore.ts";
import type { Form } from "./forms.ts";

export interface FormOptions {
	readonly model: ModelFolder;
	readonly threads: number;
	/** See the setting `mote.engine.gpuLibraries`. */
	readonly gpuLibraries: string | undefined;
}

/** @throws EngineError "runtimeFailed" */
export async function openForm(form: Form, options: FormOptions): Promise<Backend> {
	const { model, threads } = options;
	switch (form) {
		case "processor": {
			const surroundings = { clock: systemClock, cacheFolder: undefined, logger: nullLogger };
			return (await openBackend({ model, threads, ...surroundings })).backend;
		}
		case "dense-rehearsal":
			return await openDeviceBackend({
				graphPath: model.denseGraphPath ?? "",
				manifest: model.manifest,
				threads,
				provider: "cpu",
			});
		case "half-rehearsal":
			return await openHalf(options);
		case "cuda":
		case "directml":
		case "coreml":
		case "webgpu":
			return await openGpuBackend(form, options);
	}
}

async function openHalf({ model, threads }: FormOptions): Promise<Backend> {
	const loaded = loadAddon();
	if (loaded.kind === "unavailable") {
		throw new EngineError(
			"runtimeFailed",
			`Mote's addon can't be used, because ${loaded.reason}; npm run build makes it.`,
		);
	}
	return await openNativeDeviceBackend({
		addon: loaded.addon,
		libraryPath: runtimeLibraryPath(),
		graphPath: model.halfGraphPath ?? "",
		manifest: model.manifest,
		threads,
		provider: "cpu",
	});
}
