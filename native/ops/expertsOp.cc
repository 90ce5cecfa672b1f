#include "ops/expertsOp.h"

#include <algorithm>
#include <cmath>
#include <cstring>

namespace mote {
namespace {

constexpr auto kFloat = OrtElementType::float32;
constexpr auto kByte = OrtElementType::uint8;

/** Rows of one expert that are multiplied at once: bounds the memory of a worker. */
constexpr int32_t kRowsAtOnce = 128;

/** One matrix for each expert out of tensors [experts, rows, ..]. */
std::vector<Q4Packed> matrices(
	const OpInfo& info,
	size_t input,
	int32_t experts,
	int32_t rows,
	int32_t columns,
	WeightArena& arena
) {
	const auto codes = info.constant<uint8_t>(input, {experts, rows, columns / 2});
	const auto scales = info.constant<float>(input + 1, {experts, rows, columns / kBlock});
	return packEach({codes.data, scales.data, rows, columns}, experts, arena);
}

struct Choice {
	int32_t expert;
	float logit;
};

/** The largest of those not yet taken, the lowest index among equals; any where none is a number. */
Choice takeLargest(float* logits, int32_t count) {
	int32_t best = 0;
	for (int32_t i = 1; i < count; i++) {
		best = logits[i] > logits[best] ? i : best;
	}
	const Choice choice{best, logits[best]};
	logits[best] = -INFINITY;
	return choice;
}

} // namespace

struct ExpertsOp::Run {
	const float* x;
	float* out;
	int32_t rows;
	/** Rows in int8: [rows], and what comes out of the gates: [rows · chosen]. */
	std::byte* quantized;
	std::byte* innerQuantized;
	/** By row and choice: [rows · chosen] */
	int32_t* expertOf;
	float* weightOf;
	/** The same, sorted by expert. */
	int32_t* tokens;
	float* weights;
	float* inner; // [rows · chosen][inner]
	// For each worker:
	float* normed;   // [hidden]
	float* logits;   // [experts]
	float* products; // [kRowsAtOnce][max(2 · inner, hidden)]
	size_t productSize;
};

OpSignature ExpertsOp::signature() {
	return {"Experts", {kFloat, kFloat, kFloat, kByte, kFloat, kByte, kFloat}, 7, {kFloat}};
}

ExpertsOp::ExpertsOp(OpEnvironment& environment, const OpInfo& info)
		: OpKernel(environment), norm_{}, hiddenLayout_(0), innerLayout_(0) {
	const auto router = info.constant<float>(2, {-1, -1});
	router_ = router.data;
	experts_ = static_cast<int32_t>(router.shape[0]);
	hidden_ = static_cast<int32_t>(router.shape[1]);
	inner_ =
		static_cast<int32_t>(info.constant<uint8_t>(3, {experts_, -1, hidden_ / 2}).shape[1] / 2);
	require(hidden_ % kBlock == 0 && inner_ % kBlock == 0, "weights have no whole blocks");
	chosen_ = info.integer("k", 1, std::min(experts_, kMostOfEach));
	norm_ = {info.constant<float>(1, {hidden_}).data, info.number("epsilon")};
	gateUp_ = matrices(info, 3, experts_, 2 * inner_, hidden_, environment.weights);
	down_ = matrices(info, 5, experts_, hidden_, inner_, environment.weights);
	isNormalized_ = info.integer("normalize", 0, 1) != 0;
	hiddenLayout_ = Q8Layout(hidden_);
	innerLayout_ = Q8Layout(inner_);
}

ExpertsOp::Run ExpertsOp::plan(const float* x, int32_t rows, float* out) const {
	const auto workers = static_cast<size_t>(threads());
	const auto entries = static_cast<size_t>(rows) * static_cast<size_t>(chosen_);
	const auto atOnce = std::min(static_cast<size_t>(kRowsAtOnce), static_cast<size_t>(rows));
	Run run{};
	run.x = x;
	run.out = out;
	run.rows = rows;
	run.productSize = atOnce * static_cast<size_t>(std::max(2 * inner_, hidden_));
	WorkspacePlan plan;
	const size_t quantized = plan.part(static_cast<size_t>(rows) * hiddenLayout_.bytes);
	const size_t innerQuantized = plan.part(entries * innerLayout_.bytes);
	const size_t expertOf = plan.part<int32_t>(entries);
	const size_t weightOf = plan.part<float>(entries);
	const size_t tokens = plan.part<int32_t>(entries);
	const size_t weights = plan.part<float>(entries);
	const size_t inner = plan.part<float>(entries * static_cast<size_t>(inner_));
	const size_t normed = plan.part<float>(workers * static_cast<size_t>(hidden_));
	const size_t logits = plan.part<float>(workers * static_cast<size_t>(experts_));
	const size_t products = plan.part<float>(workers * run.productSize);
	std::byte* memory = environment().workspace.withRoomFor(plan.bytes());
	run.quantized = memory + quantized;
	run.innerQuantized = memory + innerQuantized;
	run.expertOf = reinterpret_cast<int32_t*>(memory + expertOf);
	run.weightOf = reinterpret_cast<float*>(memory + weightOf);
	run.tokens = reinterpret_cast<int32_t*>(memory + tokens);
	run.weights = reinterpret_cast<float*>(memory + weights);
	run.inner = reinterpret_cast<float*>(memory + inner);
	run.normed = reinterpret_cast<float*>(memory + normed);
	run.logits = reinterpret_cast<float*>(memory + logits);
	run.products = reinterpret_cast<float*>(memory + products);
	return run;
}

void ExpertsOp::compute(const OpContext& context) const {
	const auto x = context.input<float>(0);
	const int32_t rows = x.rowsOf(hidden_);
	float* out = context.output<float>(0, {1, rows, hidden_});
	if (rows == 0) {
		return;
	}
	const Run run = plan(x.data, rows, out);
	const int32_t rowWorkers = context.workersFor(rows);
	context.parallel(rowWorkers, [&](int32_t worker) {
		const Piece piece(rows, worker, rowWorkers, 1);
		route(run, piece.first, piece.last, worker);
	});
	const std::vector<Group> groups = groupByExpert(run);
	context.parallel(threads(), [&](int32_t worker) { gateAndUp(context, run, groups, worker); });
	quantizeRows(
		context,
		kernels(),
		run.inner,
		rows * chosen_,
		nullptr,
		innerLayout_,
		run.innerQuantized,
		run.normed
	);
	context.parallel(threads(), [&](int32_t worker) { down(context, run, groups, worker); });
}

/** Norms and rounds rows, and chooses their experts. */
void ExpertsOp::route(const Run& run, int32_t firstRow, int32_t lastRow, int32_t worker) const {
	float* normed = run.normed + static_cast<ptrdiff_t>(worker) * hidden_;
	float* logits = run.logits + static_cast<ptrdiff_t>(worker) * experts_;
	for (ptrdiff_t row = firstRow; row < lastRow; row++) {
		kernels().rmsNorm(run.x + row * hidden_, norm_.weight, norm_.epsilon, hidden_, normed);
		kernels().quantizeRow(
			normed, hiddenLayout_, run.quantized + static_cast<size_t>(row) * hiddenLayout_.bytes
		);
		kernels().product(router_, normed, experts_, hidden_, logits);
		const float largest = *std::max_element(logits, logits + experts_);
		float all = 0;
		for (int32_t expert = 0; !isNormalized_ && expert < experts_; expert++) {
			all += std::exp(logits[expert] - largest);
		}
		int32_t* experts = run.expertOf + row * chosen_;
		float* weights = run.weightOf + row * chosen_;
		float sum = 0;
		for (int32_t i = 0; i < chosen_; i++) {
			const auto [expert, logit] = takeLargest(logits, experts_);
			experts[i] = expert;
			weights[i] = std::exp(logit - largest);
			sum += weights[i];
		}
		for (int32_t i = 0; i < chosen_; i++) {
			weights[i] /= isNormalized_ ? sum : all;
		}
	}
}

/** Sorts rows and weights by expert, and leaves out experts that no row chose. */
std::vector<ExpertsOp::Group> ExpertsOp::groupByExpert(const Run& run) const {
	const int32_t entries = run.rows * chosen_;
	std::vector<Group> all(static_cast<size_t>(experts_));
	for (int32_t entry = 0; entry < entries; entry++) {
		all[static_cast<size_t>(run.expertOf[entry])].count++;
	}
	int32_t first = 0;
	for (size_t expert = 0; expert < all.size(); expert++) {
		all[expert].expert = static_cast<int32_t>(expert);
		all[expert].first = first;
		first += all[expert].count;
		all[expert].count = 0;
	}
	for (int32_t entry = 0; entry < entries; entry++) {
		Group& group = all[static_cast<size_t>(run.expertOf[entry])];
		const int32_t at = group.first + group.count++;
		run.tokens[at] = entry / chosen_;
		run.weights[at] = run.weightOf[entry];
	}
	std::erase_if(all, [](const Group& group) { return group.count == 0; });
	return all;
}

/** This worker's rows of the gate and up matrices of all experts, and SwiGLU. */
void ExpertsOp::gateAndUp(
	const OpContext& context, const Run& run, const std::vector<Group>& groups, int32_t worker
) const {
	const Piece piece(2 * inner_, worker, threads(), kWeightRowStep);
	float* products = run.products + static_cast<size_t>(worker) * run.productSize;
	const Q8Rows rows{run.quantized, hiddenLayout_};
	for (const Group& group : groups) {
		for (int32_t from = 0; from < group.count && !context.isStopped(); from += kRowsAtOnce) {
			const int32_t count = std::min(kRowsAtOnce, group.count - from);
			const ptrdiff_t first = group.first + from;
			kernels().q4Product(
				gateUp_[static_cast<size_t>(group.expert)],
				piece.first,
				piece.last,
				rows,
				run.tokens + first,
				count,
				products,
				static_cast<size_t>(piece.size())
			);
			for (ptrdiff_t i = 0; i < count; i++) {
				kernels().swiglu(
					products + i * piece.size(),
					piece.size() / 2,
					run.inner + (first + i) * inner_ + piece.first / 2
				);
			}
		}
	}
}

/** This worker's columns of the output. */
void ExpertsOp::down(
	const OpContext& context, const Run& run, const std::vector<Group>& groups, int32_t worker
) const {
	const Piece piece(hidden_, worker, threads(), kWeightRowStep);
	float* products = run.products + static_cast<size_t>(worker) * run.productSize;
	for (ptrdiff_t row = 0; row < run.rows; row++) {
		std::memcpy(
			run.out + row * hidden_ + piece.first,
			run.x + row * hidden_ + piece.first,
			static_cast<size_t>(piece.size()) * sizeof(float)
		);
	}
	for (const Group& group : groups) {
		for (int32_t from = 0; from < group.count && !context.isStopped(); from += kRowsAtOnce) {
			const int32_t count = std::min(kRowsAtOnce, group.count - from);
			const ptrdiff_t first = group.first + from;
			const Q8Rows rows{
				run.innerQuantized + static_cast<size_t>(first) * innerLayout_.bytes, innerLayout_};
			kernels().q4Product(
				down_[static_cast<size_t>(group.expert)],
				piece.first,
				piece.last,
				rows,
				nullptr,
				count,
				products,
				static_cast<size_t>(piece.size())
			);
			for (ptrdiff_t i = 0; i < count; i++) {
				kernels().addScaled(
					products + i * piece.size(),
					run.weights[first + i],
					piece.size(),
					run.out + static_cast<ptrdiff_t>(run.tokens[first + i]) * hidden_ + piece.first
				);
			}
		}
	}
}

} // namespace mote
