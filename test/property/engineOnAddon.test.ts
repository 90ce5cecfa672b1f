import { openAddonBackend } from "../support/addonBackend.ts";
import { describeRuntimeLaws } from "./runtimeLaws.ts";

describeRuntimeLaws({
	name: "Mote's addon",
	quantization: "int4",
	tolerance: 0.1,
	open: (folder) => openAddonBackend(folder),
});
