/** What a machine runs on. "unknown" counts as the mains: nobody is kept quiet for a guess. */
export type PowerSource = "mains" | "battery" | "unknown";

/** One folder of Linux's /sys/class/power_supply: the files that tell, trimmed; undefined where there is none. */
export interface PowerSupply {
	readonly type: string | undefined;
	/** "Device" of the batteries of mice and keyboards. */
	readonly scope: string | undefined;
	/** "0", or "1" and more, of what brings power in. */
	readonly online: string | undefined;
	/** Of a battery. */
	readonly status: string | undefined;
}

/** What brings power in, as the kernel's documentation names the types. */
const adapterTypes: ReadonlySet<string> = new Set(["Mains", "USB", "Wireless"]);

/** What the kernel says. A weak charger beside a discharging battery is the mains: somebody has plugged it in. */
export function powerSourceOfSupplies(supplies: readonly PowerSupply[]): PowerSource {
	const ofMachine = supplies.filter(({ scope }) => scope !== "Device");
	const adapters = ofMachine.filter(({ type = "" }) => adapterTypes.has(type));
	const statuses = ofMachine.filter(({ type }) => type === "Battery").map(({ status }) => status);
	if (
		adapters.some(({ online = "0" }) => online !== "0") ||
		statuses.includes("Charging") ||
		(statuses.length === 0 && adapters.length > 0)
	) {
		return "mains";
	}
	// A battery that rests beside one that discharges, or that doesn't say, tells nothing by itself.
	return statuses.includes("Discharging") || (statuses.length > 0 && adapters.length > 0)
		? "battery"
		: "unknown";
}

/** What `pmset -g batt` prints on macOS. */
export function powerSourceOfPmset(output: string): PowerSource {
	const source = /^Now drawing from '(AC|Battery|UPS) Power'/m.exec(output)?.[1];
	return source === undefined ? "unknown" : source === "AC" ? "mains" : "battery";
}

/** The name of a member of .NET's PowerLineStatus, as PowerShell prints it. */
export function powerSourceOfPowerLine(output: string): PowerSource {
	switch (output.trim()) {
		case "Online":
			return "mains";
		case "Offline":
			return "battery";
		default:
			return "unknown";
	}
}
