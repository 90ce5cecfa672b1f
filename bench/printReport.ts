import { cpus, loadavg } from "node:os";

/**
 * Prints one object of JSON: the figures, the machine that they are of, its load before (as `loadavg` told it
 * then) and after, and the date.
 */
export function printReport(
	figures: Readonly<Record<string, unknown>>,
	loadBefore: number | undefined,
): void {
	const report = {
		...figures,
		machine: {
			cpu: cpus()[0]?.model.trim(),
			logicalCores: cpus().length,
			node: process.version,
			loadBefore,
			loadAfter: loadavg()[0],
		},
		date: new Date().toISOString().slice(0, 10),
	};
	process.stdout.write(`${JSON.stringify(report, undefined, 2)}\n`);
}
