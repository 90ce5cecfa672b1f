/** Something that a test waits for, or makes others wait for. */
export class Gate {
	#open: () => void = () => undefined;
	readonly opened = new Promise<void>((resolve) => {
		this.#open = resolve;
	});

	open(): void {
		this.#open();
	}
}
