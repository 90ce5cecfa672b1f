/** The platforms that Mote is packed for, by the names that the marketplace has for them. */
export const targets = /** @type {const} */ ({
	"linux-x64": { platform: "linux", arch: "x64" },
	"linux-arm64": { platform: "linux", arch: "arm64" },
	"darwin-arm64": { platform: "darwin", arch: "arm64" },
	"win32-x64": { platform: "win32", arch: "x64" },
	"win32-arm64": { platform: "win32", arch: "arm64" },
});

/** @typedef {keyof typeof targets} Target */

/**
 * @param {string} name
 * @returns {name is Target}
 */
export function isTarget(name) {
	return Object.hasOwn(targets, name);
}

/** The one of this machine; undefined where there is none for it. */
export function ownTarget() {
	const name = `${process.platform}-${process.arch}`;
	return isTarget(name) ? name : undefined;
}
