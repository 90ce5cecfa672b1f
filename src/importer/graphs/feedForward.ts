import type { DecoderPlan } from "../decoderPlan.ts";
import type { GraphBuilder } from "../onnx/graphBuilder.ts";
import type { StoredFeedForward } from "../storedFeedForward.ts";
import { declareDense, writeDense } from "./denseLayer.ts";
import type { ExpertsLayer } from "./expertsLayer.ts";
import type { GraphTarget } from "./graphTarget.ts";

/** Constants that all layers share. */
export function declareFeedForward<StoredMatrix>(
	graph: GraphBuilder,
	plan: DecoderPlan,
	layer: ExpertsLayer<StoredMatrix>,
): void {
	const feedForwards = plan.layers.map(({ feedForward }) => feedForward);
	// The experts of all layers are alike.
	const experts = feedForwards.find(({ kind }) => kind === "experts");
	if (experts?.kind === "experts") {
		layer.declareConstants(graph, { ...experts, hiddenSize: plan.hiddenSize });
	}
	if (feedForwards.some((part) => part.kind === "dense" || part.shared !== undefined)) {
		declareDense(graph);
	}
}

/** `hidden` [1, S, hiddenSize] → `output` of the same shape. Names of nodes and tensors begin with `name`. */
export function writeFeedForward<StoredMatrix>(
	target: GraphTarget<StoredMatrix>,
	name: string,
	feedForward: StoredFeedForward<StoredMatrix>,
	hidden: string,
	output: string,
): void {
	const { graph, decoder, operators } = target;
	const { hiddenSize } = decoder.plan;
	if (feedForward.kind === "dense") {
		writeDense(target, `${name}.mlp`, feedForward, hidden, output);
		return;
	}
	const { plan, router: routerWeights } = feedForward;
	const weight = graph.externalConstant(
		`${name}.router.weight`,
		"float32",
		[plan.experts, hiddenSize],
		routerWeights,
	);
	const router = operators.experts.writeRouter(graph, `${name}.router`, hidden, weight);
	const shape = { ...plan, hiddenSize };
	const { shared } = feedForward;
	const routed = shared === undefined ? output : `${name}.routed`;
	operators.experts.write(graph, {
		name,
		shape,
		weights: feedForward,
		hidden,
		router,
		output: routed,
	});
	if (shared !== undefined) {
		writeDense(target, `${name}.shared`, shared, hidden, `${name}.shared.output`);
		graph.node("Add", [routed, `${name}.shared.output`], [output]);
	}
}

/** Whether the last layer, which alone leaves rows out, may be given none. */
export function takesNoRows<StoredMatrix>(
	{ layers }: DecoderPlan,
	experts: ExpertsLayer<StoredMatrix>,
): boolean {
	const last = layers.at(-1)?.feedForward;
	return last?.kind !== "experts" || experts.takesNoRows(last);
}
