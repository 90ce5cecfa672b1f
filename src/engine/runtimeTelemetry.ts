/**
 * Keeps ONNX Runtime from telling Microsoft what runs: since 1.29 its published builds for Linux and macOS send events of their own
 * (`onnxruntime/core/platform/posix/telemetry.cc`), and keep an identifier and a database of them in the user's cache folder. Goes
 * into the environment before the library is loaded; calls of its interface come too late for the first event. On Windows
 * its events are for whoever traces that machine, and there is nothing that it reads.
 */
export const withoutTelemetry = { ORT_DISABLE_TELEMETRY: "1" } as const;
