import { readFile } from "node:fs/promises";

const endOfDirectorySignature = 0x06054b50;
const entrySignature = 0x02014b50;

/** Names of the files in a ZIP archive, as its central directory lists them. */
export async function zipEntries(file: string): Promise<string[]> {
	const archive = await readFile(file);
	const end = archive.lastIndexOf(Buffer.from("PK\x05\x06", "latin1"));
	if (end < 0 || archive.readUInt32LE(end) !== endOfDirectorySignature) {
		throw new Error(`${file} is not a ZIP archive.`);
	}
	const count = archive.readUInt16LE(end + 10);
	let offset = archive.readUInt32LE(end + 16);
	const names: string[] = [];
	for (let index = 0; index < count; index++) {
		if (archive.readUInt32LE(offset) !== entrySignature) {
			throw new Error(`${file} has a damaged directory.`);
		}
		const nameLength = archive.readUInt16LE(offset + 28);
		const extraLength = archive.readUInt16LE(offset + 30);
		const commentLength = archive.readUInt16LE(offset + 32);
		names.push(archive.toString("utf8", offset + 46, offset + 46 + nameLength));
		offset += 46 + nameLength + extraLength + commentLength;
	}
	return names;
}
