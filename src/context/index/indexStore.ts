import { rmSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import path from "node:path";
import type { DatabaseSync, StatementSync } from "node:sqlite";
import { crc32 } from "node:zlib";
import type { Logger } from "../../base/log.ts";
import { MalformedRecordError } from "./bytes.ts";
import type { FileRecord } from "./fileRecord.ts";

/** What the database keeps of one version of a file. */
export interface StoredFile {
	readonly path: string;
	/** Bytes. */
	readonly size: number;
	readonly modifiedMs: number;
	/** When it was read, in milliseconds since 1970. */
	readonly checkedMs: number;
	/** SHA-256 of its bytes. */
	readonly hash: Uint8Array;
	/** Undefined for a file that was read and found unfit: it needn't be read again. */
	readonly record: FileRecord | undefined;
}

export interface StoredIndex {
	readonly strings: readonly string[];
	readonly files: readonly StoredFile[];
}

/** Grows with every change of the tables. */
const schemaVersion = 2;

/**
 * One tree for each table: with an index of its own a table can be damaged where nobody reads before the first write, and
 * the two can contradict each other.
 */
const schema = `
	CREATE TABLE about (fingerprint TEXT NOT NULL) STRICT;
	CREATE TABLE strings (
		first INTEGER PRIMARY KEY,
		texts BLOB NOT NULL,
		checksum INTEGER NOT NULL
	) STRICT;
	CREATE TABLE files (
		path TEXT PRIMARY KEY,
		size INTEGER NOT NULL,
		modified_ms REAL NOT NULL,
		checked_ms REAL NOT NULL,
		hash BLOB NOT NULL,
		record BLOB,
		checksum INTEGER NOT NULL
	) STRICT, WITHOUT ROWID;
`;

/**
 * The index on disk: one row for each file, and the strings that the rows name by number. Rows are written
 * in transactions together with the strings that they need, so a process that is killed at any moment
 * leaves a database that is whole, and only older.
 *
 * One process at a time: numbers of strings are given out in memory. A second one, and one whose disk is
 * full, goes on without the database, and so does one that finds it damaged when it writes; that one deletes it, or every start
 * after it would find the same.
 */
export class IndexStore {
	readonly #file: string;
	readonly #database: DatabaseSync;
	readonly #logger: Logger;
	readonly #statements: Readonly<
		Record<"insertStrings" | "putFile" | "touchFile" | "deleteFile" | "pages", StatementSync>
	>;
	#isInTransaction = false;
	#isClosed = false;
	#storedStrings = 0;

	private constructor(file: string, database: DatabaseSync, logger: Logger) {
		this.#file = file;
		this.#database = database;
		this.#logger = logger;
		this.#statements = {
			insertStrings: database.prepare("INSERT INTO strings VALUES (?, ?, ?)"),
			putFile: database.prepare("INSERT OR REPLACE INTO files VALUES (?, ?, ?, ?, ?, ?, ?)"),
			touchFile: database.prepare(
				"UPDATE files SET size = ?, modified_ms = ?, checked_ms = ? WHERE path = ?",
			),
			deleteFile: database.prepare("DELETE FROM files WHERE path = ?"),
			pages: database.prepare(
				"SELECT page_count * page_size AS bytes FROM pragma_page_count(), pragma_page_size()",
			),
		};
	}

	/**
	 * Opens the database in `folder`, or makes one. `fingerprint` names what files are read with: a database
	 * made with another one, or a damaged one, is thrown away. Undefined when there can be none.
	 */
	static async open(
		folder: string,
		fingerprint: string,
		logger: Logger,
	): Promise<{ readonly store: IndexStore; readonly stored: StoredIndex } | undefined> {
		const file = path.join(folder, "index.sqlite");
		try {
			await mkdir(folder, { recursive: true });
		} catch (error) {
			logger.warn(`The index isn't kept because ${folder} can't be made. (${String(error)})`);
			return undefined;
		}
		for (const attempt of ["first", "again"] as const) {
			try {
				return await openDatabase(file, fingerprint, logger);
			} catch (error) {
				if (isWithoutSqlite(error)) {
					logger.warn(
						`The index isn't kept, and is made anew at each start: that needs Node 22.13 or newer, and this is ${process.version}.`,
					);
					return undefined;
				}
				if (isBusy(error)) {
					logger.warn("Another window has the index of this folder open, so this one isn't kept.");
					return undefined;
				}
				if (attempt === "again") {
					logger.warn(`The index isn't kept because it can't be written. (${String(error)})`);
					return undefined;
				}
				logger.warn(
					error instanceof OutdatedError
						? "The index was made by another version and is made anew."
						: `The index was damaged and is made anew. (${String(error)})`,
				);
				deleteDatabase(file, logger);
			}
		}
		return undefined;
	}

	/** Used by `openDatabase` alone. */
	static load(
		file: string,
		database: DatabaseSync,
		logger: Logger,
	): { readonly store: IndexStore; readonly stored: StoredIndex } {
		const store = new IndexStore(file, database, logger);
		const stored = { strings: loadStrings(database), files: loadFiles(database) };
		store.#storedStrings = stored.strings.length;
		return { store, stored };
	}

	put(file: StoredFile): void {
		const { record } = file;
		this.#write(() =>
			this.#statements.putFile.run(
				file.path,
				file.size,
				file.modifiedMs,
				file.checkedMs,
				file.hash,
				record ?? null,
				record === undefined ? 0 : crc32(record),
			),
		);
	}

	/** The content is known; only when it was written or read has changed. */
	touch(file: Pick<StoredFile, "path" | "size" | "modifiedMs" | "checkedMs">): void {
		const { size, modifiedMs, checkedMs } = file;
		this.#write(() => this.#statements.touchFile.run(size, modifiedMs, checkedMs, file.path));
	}

	delete(file: string): void {
		this.#write(() => this.#statements.deleteFile.run(file));
	}

	/** Makes what was put since the last call durable, with the strings from `strings(first)` on. */
	flush(strings: (first: number) => readonly string[]): void {
		if (!this.#isInTransaction) {
			return;
		}
		this.#guard(() => {
			const fresh = strings(this.#storedStrings);
			if (fresh.length > 0) {
				const texts = Buffer.from(fresh.join("\n"));
				this.#statements.insertStrings.run(this.#storedStrings, texts, crc32(texts));
			}
			this.#database.exec("COMMIT");
			this.#isInTransaction = false;
			this.#storedStrings += fresh.length;
		});
	}

	/** Size of the database in bytes, without what isn't merged into it yet. */
	get bytes(): number {
		const bytes = this.#isClosed ? undefined : this.#statements.pages.get()?.["bytes"];
		return typeof bytes === "number" ? bytes : 0;
	}

	close(): void {
		if (!this.#isClosed) {
			this.#isClosed = true;
			this.#database.close();
		}
	}

	#write(run: () => void): void {
		this.#guard(() => {
			if (!this.#isInTransaction) {
				this.#database.exec("BEGIN IMMEDIATE");
				this.#isInTransaction = true;
			}
			run();
		});
	}

	/** A disk that is full must not take the index in memory with it. */
	#guard(run: () => void): void {
		if (this.#isClosed) {
			return;
		}
		try {
			run();
		} catch (error) {
			const isDamage = isDamaged(error);
			this.#logger.warn(
				`The index is no longer kept because ${isDamage ? "it is damaged; the next start makes it anew" : "writing failed"}. (${String(error)})`,
			);
			this.close();
			if (isDamage) {
				deleteDatabase(this.#file, this.#logger);
			}
		}
	}
}

class OutdatedError extends Error {
	override readonly name = "OutdatedError";
}

async function openDatabase(
	file: string,
	fingerprint: string,
	logger: Logger,
): Promise<{ readonly store: IndexStore; readonly stored: StoredIndex }> {
	// Loaded here because the Node of a command line may be too old to have it.
	const { DatabaseSync } = await import("node:sqlite");
	const database = new DatabaseSync(file, { timeout: 500 });
	try {
		// A process that is killed loses nothing that was committed; a computer that is, the last few seconds.
		database.exec("PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL");
		database.exec("PRAGMA synchronous = NORMAL; PRAGMA cache_size = -4000");
		// The lock is taken by the first write and kept.
		database.exec("BEGIN EXCLUSIVE; COMMIT");
		prepareSchema(database, fingerprint);
		return IndexStore.load(file, database, logger);
	} catch (error) {
		database.close();
		throw error;
	}
}

function prepareSchema(database: DatabaseSync, fingerprint: string): void {
	const version = database.prepare("PRAGMA user_version").get()?.["user_version"];
	if (version === 0) {
		database.exec(`BEGIN; ${schema} PRAGMA user_version = ${schemaVersion}`);
		database.prepare("INSERT INTO about VALUES (?)").run(fingerprint);
		database.exec("COMMIT");
		return;
	}
	if (
		version !== schemaVersion ||
		database.prepare("SELECT fingerprint FROM about").get()?.["fingerprint"] !== fingerprint
	) {
		throw new OutdatedError("the index was made by another version");
	}
}

function loadStrings(database: DatabaseSync): readonly string[] {
	const strings: string[] = [];
	for (const row of database.prepare("SELECT * FROM strings ORDER BY first").iterate()) {
		const { first, texts, checksum } = row;
		if (first !== strings.length || !(texts instanceof Uint8Array) || crc32(texts) !== checksum) {
			throw new MalformedRecordError("strings aren't as they were written");
		}
		for (const text of Buffer.from(texts.buffer, texts.byteOffset, texts.length)
			.toString()
			.split("\n")) {
			strings.push(text);
		}
	}
	return strings;
}

/** Throws where a row isn't as it was written, and where rows don't stand in the order by which they are found. */
function loadFiles(database: DatabaseSync): readonly StoredFile[] {
	const files: StoredFile[] = [];
	let previous: Buffer | undefined;
	for (const row of database.prepare("SELECT * FROM files").iterate()) {
		const { path: file, size, modified_ms: modifiedMs, checked_ms: checkedMs, hash, record } = row;
		if (
			typeof file !== "string" ||
			typeof size !== "number" ||
			typeof modifiedMs !== "number" ||
			typeof checkedMs !== "number" ||
			!(hash instanceof Uint8Array) ||
			!(record === null || record instanceof Uint8Array) ||
			(record !== null && crc32(record) !== row["checksum"])
		) {
			throw new MalformedRecordError("a file isn't as it was written");
		}
		const key = Buffer.from(file);
		if (previous !== undefined && Buffer.compare(previous, key) >= 0) {
			throw new MalformedRecordError("files aren't in their order");
		}
		previous = key;
		files.push({ path: file, size, modifiedMs, checkedMs, hash, record: record ?? undefined });
	}
	return files;
}

/** At once: another index may be opened there next. */
function deleteDatabase(file: string, logger: Logger): void {
	for (const suffix of ["", "-wal", "-shm", "-journal"]) {
		try {
			rmSync(file + suffix, { force: true });
		} catch (error) {
			logger.warn(`${file + suffix} can't be deleted. (${String(error)})`);
		}
	}
}

/** Node has its SQLite since 22.5, and without a flag since 22.13. */
function isWithoutSqlite(error: unknown): boolean {
	return error instanceof Error && "code" in error && error.code === "ERR_UNKNOWN_BUILTIN_MODULE";
}

/** SQLITE_BUSY and SQLITE_LOCKED. */
function isBusy(error: unknown): boolean {
	return [5, 6].includes(sqliteCode(error) ?? 0);
}

/** SQLITE_CORRUPT and SQLITE_NOTADB. */
function isDamaged(error: unknown): boolean {
	return [11, 26].includes(sqliteCode(error) ?? 0);
}

/** See https://sqlite.org/rescode.html; undefined for an error that isn't SQLite's. */
function sqliteCode(error: unknown): number | undefined {
	return error instanceof Error && "errcode" in error && typeof error.errcode === "number"
		? error.errcode & 0xff
		: undefined;
}
