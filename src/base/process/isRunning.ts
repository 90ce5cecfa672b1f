/** Whether there is a process of that id, of whomever. */
export function isRunning(processId: number): boolean {
	try {
		// Signal 0 only asks.
		return process.kill(processId, 0);
	} catch (error) {
		// Somebody else's process.
		return error instanceof Error && "code" in error && error.code === "EPERM";
	}
}
