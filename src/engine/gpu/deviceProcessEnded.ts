/** The process that a device was used from has ended, of itself or since somebody ended it. */
export class DeviceProcessEnded extends Error {
	override readonly name = "DeviceProcessEnded";
	/** Exit code or signal. */
	readonly description: string;

	constructor(description: string) {
		super(`its process ended (${description})`);
		this.description = description;
	}
}
