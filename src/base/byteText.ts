/** A number of bytes for people: "61.1 GB". Units of a thousand, as disks and hubs are labelled. */
export function byteText(bytes: number): string {
	const units = ["bytes", "kB", "MB", "GB", "TB"];
	let value = bytes;
	let unit = 0;
	while (value >= 999.95 && unit < units.length - 1) {
		value /= 1000;
		unit++;
	}
	const digits = unit === 0 ? String(value) : value.toFixed(1).replace(/[.]0$/, "");
	return `${digits} ${units[unit] ?? ""}`;
}
