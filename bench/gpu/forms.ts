/**
 * What can be measured: the processor as it runs models today, each provider, and the two graphs for GPUs on the processor's
 * provider, through the same code as on a device.
 */
export const forms = [
	"processor",
	"cuda",
	"directml",
	"coreml",
	"webgpu",
	"dense-rehearsal",
	"half-rehearsal",
] as const;
export type Form = (typeof forms)[number];
