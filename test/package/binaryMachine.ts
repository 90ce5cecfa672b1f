/** What a program or library is compiled for, as its first bytes say: "linux-arm64"; undefined for what isn't one. */
export function binaryMachine(bytes: Buffer): string | undefined {
	if (bytes.length < 64) {
		return undefined;
	}
	if (bytes.readUInt32BE(0) === elfMagic) {
		return named("linux", { 62: "x64", 183: "arm64" }[bytes.readUInt16LE(18)]);
	}
	if (bytes.readUInt32LE(0) === machOMagic) {
		return named("darwin", { 0x01000007: "x64", 0x0100000c: "arm64" }[bytes.readUInt32LE(4)]);
	}
	const header = bytes.readUInt32LE(60);
	if (bytes.toString("latin1", 0, 2) === "MZ" && header + 6 <= bytes.length) {
		const isPe = bytes.toString("latin1", header, header + 4) === "PE\0\0";
		const machine = bytes.readUInt16LE(header + 4);
		return isPe ? named("win32", { 0x8664: "x64", 0xaa64: "arm64" }[machine]) : undefined;
	}
	return undefined;
}

const elfMagic = 0x7f454c46;
/** Of 64 bits. */
const machOMagic = 0xfeedfacf;

function named(platform: string, arch: string | undefined): string | undefined {
	return arch === undefined ? undefined : `${platform}-${arch}`;
}
