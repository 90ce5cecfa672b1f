import { expect, test } from "vitest";
import { ChatBench } from "../../support/chatBench.ts";

test("ways to a model that converses are shown while none does, and taken by their names", async () => {
	const way = { id: "w1", label: "Install Talker", detail: "2 GB" };
	await using bench = await ChatBench.open({ waysOn: () => [way] });
	expect(bench.session.state().waysOn).toEqual([]);
	bench.chosen = { kind: "none", reason: "Choose a model first." };
	expect(bench.session.state().waysOn).toEqual([way]);
	await bench.view({ kind: "takeWay", wayId: "w1" });
	await bench.view({ kind: "manageModels" });
	expect(bench.editor.calls).toEqual([["takeWay", "w1"], ["manageModels"]]);
});
