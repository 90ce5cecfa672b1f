#include "ops/linearOp.h"

namespace mote {
namespace {

constexpr auto kFloat = OrtElementType::float32;
constexpr auto kByte = OrtElementType::uint8;

/** out [rows][weights.rows] = x · weightsᵀ, then after(firstColumn, columns) for each piece, on its worker. */
template <typename After>
void multiply(
	const OpContext& context,
	OpEnvironment& environment,
	const Q4Packed& weights,
	const Q8Layout& layout,
	const Norm* norm,
	const float* x,
	int32_t rows,
	float* out,
	const After& after
) {
	const int32_t workers = environment.threads;
	const auto perWorker = static_cast<size_t>(workers);
	WorkspacePlan plan;
	const size_t quantized = plan.part(static_cast<size_t>(rows) * layout.bytes);
	const size_t normed = plan.part<float>(perWorker * static_cast<size_t>(weights.columns));
	std::byte* memory = environment.workspace.withRoomFor(plan.bytes());
	const KernelTable& kernels = environment.kernels;
	quantizeRows(
		context,
		kernels,
		x,
		rows,
		norm,
		layout,
		memory + quantized,
		reinterpret_cast<float*>(memory + normed)
	);
	context.parallel(workers, [&](int32_t worker) {
		const Piece piece(weights.rows, worker, workers, kWeightRowStep);
		if (context.isStopped()) {
			return;
		}
		kernels.q4Product(
			weights,
			piece.first,
			piece.last,
			{memory + quantized, layout},
			nullptr,
			rows,
			out + piece.first,
			static_cast<size_t>(weights.rows)
		);
		after(piece.first, piece.size());
	});
}

} // namespace

OpSignature LinearOp::signature() {
	return {"Linear", {kFloat, kByte, kFloat, kFloat, kFloat}, 3, {kFloat}};
}

LinearOp::LinearOp(OpEnvironment& environment, const OpInfo& info)
		: OpKernel(environment),
			weights_(pack(info.q4Matrix(1), environment.weights)),
			layout_(weights_.columns) {
	if (info.has(3)) {
		norm_ = Norm{info.constant<float>(3, {weights_.columns}).data, info.number("epsilon")};
	}
}

void LinearOp::compute(const OpContext& context) const {
	const auto x = context.input<float>(0);
	const int32_t rows = x.rowsOf(weights_.columns);
	require(context.has(3) == norm_.has_value(), "a norm is no constant");
	const float* residual = nullptr;
	if (context.has(4)) {
		const auto added = context.input<float>(4);
		require(added.rowsOf(weights_.rows) == rows, "Linear has a residual of another shape");
		residual = added.data;
	}
	float* out = context.output<float>(0, {1, rows, weights_.rows});
	if (rows == 0) {
		return;
	}
	const auto width = static_cast<size_t>(weights_.rows);
	multiply(
		context,
		environment(),
		weights_,
		layout_,
		norm_ ? &*norm_ : nullptr,
		x.data,
		rows,
		out,
		[&](int32_t first, int32_t columns) {
			for (size_t row = 0; residual != nullptr && row < static_cast<size_t>(rows); row++) {
				const size_t at = row * width + static_cast<size_t>(first);
				kernels().addScaled(residual + at, 1, columns, out + at);
			}
		}
	);
}

OpSignature OutputLayerOp::signature() {
	return {
		"OutputLayer", {kFloat, kFloat, kByte, kFloat}, 4, {kFloat, kFloat, OrtElementType::int32}};
}

OutputLayerOp::OutputLayerOp(OpEnvironment& environment, const OpInfo& info)
		: OpKernel(environment),
			weights_(pack(info.q4Matrix(2), environment.weights)),
			layout_(weights_.columns),
			norm_{info.constant<float>(1, {weights_.columns}).data, info.number("epsilon")} {}

void OutputLayerOp::compute(const OpContext& context) const {
	const auto x = context.input<float>(0);
	const int32_t rows = x.rowsOf(weights_.columns);
	float* logits = context.output<float>(0, {1, rows, weights_.rows});
	auto* logSums = context.output<float>(1, {1, rows});
	auto* best = context.output<int32_t>(2, {1, rows});
	if (rows == 0) {
		return;
	}
	multiply(
		context, environment(), weights_, layout_, &norm_, x.data, rows, logits, [](int32_t, int32_t) {}
	);
	const int32_t workers = context.workersFor(rows);
	context.parallel(workers, [&](int32_t worker) {
		const Piece piece(rows, worker, workers, 1);
		for (int32_t row = piece.first; row < piece.last; row++) {
			const RowSummary summary =
				kernels().summarize(logits + static_cast<ptrdiff_t>(row) * weights_.rows, weights_.rows);
			logSums[row] = summary.logSum;
			best[row] = summary.best;
		}
	});
}

} // namespace mote
