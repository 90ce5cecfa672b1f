/** Who answers, as people are told: a model, or the index of the repository without one. */
export interface Answerer {
	readonly name: string;
	readonly place: "local" | "remote" | "index";
	/** Where text goes, when it leaves the machine. */
	readonly server?: string | undefined;
}

export const indexAnswerer: Answerer = { name: "From the index", place: "index" };
