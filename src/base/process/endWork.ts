/** Has a process do something before it ends in order, for as long as that isn't withdrawn by what is returned. */
export type BeforeEnd = (work: () => Promise<void>) => () => void;

/** What a process, or an extension in one, still has to do when it is told to end. */
export class EndWork {
	readonly #works = new Set<() => Promise<void>>();

	readonly add: BeforeEnd = (work) => {
		this.#works.add(work);
		return () => {
			this.#works.delete(work);
		};
	};

	/** Does all of it at once, and each only once. Rejects with the first that fails. */
	async run(): Promise<void> {
		const works = [...this.#works];
		this.#works.clear();
		await Promise.all(works.map((work) => work()));
	}
}
