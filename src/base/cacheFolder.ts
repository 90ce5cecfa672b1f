import { join } from "node:path";

/** What the place of caches depends on. */
export interface CacheSurroundings {
	readonly platform: NodeJS.Platform;
	readonly environment: Readonly<Record<string, string | undefined>>;
	/** The user's home folder, absolute. */
	readonly home: string;
}

/**
 * Where this program keeps what it can find out again, by the custom of the system: `Library/Caches` on
 * macOS, the local application data on Windows, the XDG base directories elsewhere.
 */
export function cacheFolder({ platform, environment, home }: CacheSurroundings): string {
	if (platform === "darwin") {
		return join(home, "Library/Caches/mote");
	}
	if (platform === "win32") {
		return join(environment["LOCALAPPDATA"] ?? join(home, "AppData/Local"), "mote/cache");
	}
	const base = environment["XDG_CACHE_HOME"];
	// The specification has relative paths ignored.
	return join(base?.startsWith("/") === true ? base : join(home, ".cache"), "mote");
}
