#include "ops/attentionOp.h"

#include <algorithm>
#include <cmath>

namespace mote {
namespace {

constexpr auto kFloat = OrtElementType::float32;
constexpr auto kByte = OrtElementType::uint8;

/** Queries that go through a block of keys together: enough to make up for loading it, few enough for the first cache. */
constexpr int32_t kQueriesAtOnce = 24;

KvLayout layoutOf(const Shape& shape, int32_t kvHeads, int32_t headDim) {
	require(shape.size() == 3 && shape[1] == kvHeads, "a KV cache has another shape");
	for (const KvFormat format : {KvFormat::float32, KvFormat::int8}) {
		const KvLayout layout{kvHeads, headDim, format};
		if (static_cast<size_t>(shape[2]) == layout.blockBytes()) {
			return layout;
		}
	}
	throw std::runtime_error("A KV cache has blocks of a size that stands for no format.");
}

} // namespace

struct AttentionOp::Run {
	KvLayout layout;
	const float* qkv;
	int32_t rows;
	int32_t past;
	std::byte* keys;
	std::byte* values;
	/** [rows][heads · headDim] */
	float* queries;
	float* out;
};

OpSignature AttentionOp::signature() {
	return {
		"Attention",
		{kFloat, kByte, kByte, OrtElementType::int32, kFloat, kFloat, kFloat, kFloat},
		8,
		{kFloat, kByte, kByte}};
}

AttentionOp::AttentionOp(OpEnvironment& environment, const OpInfo& info)
		: OpKernel(environment),
			heads_(info.integer("num_heads", 1, kMostOfEach)),
			kvHeads_(info.integer("kv_num_heads", 1, heads_)),
			epsilon_(info.number("epsilon")) {
	const auto norm = info.constant<float>(6, {-1});
	require(norm.shape[0] <= kMostOfEach, "heads are too wide");
	headDim_ = static_cast<int32_t>(norm.shape[0]);
	queryNorm_ = norm.data;
	keyNorm_ = info.constant<float>(7, {headDim_}).data;
	require(headDim_ % kKvBlock == 0, "heads aren't a multiple of 16 wide");
	require(
		heads_ % kvHeads_ == 0 && heads_ / kvHeads_ <= kMaxQueries, "heads don't fall into groups"
	);
	const auto cos = info.constant<float>(4, {-1, headDim_ / 2});
	positions_ = static_cast<int32_t>(cos.shape[0]);
	cos_ = cos.data;
	sin_ = info.constant<float>(5, {positions_, headDim_ / 2}).data;
	rowsAtOnce_ = std::max(1, kQueriesAtOnce / (heads_ / kvHeads_));
}

AttentionOp::Run AttentionOp::prepare(const OpContext& context) const {
	const auto qkv = context.input<float>(0);
	const auto keys = context.input<uint8_t>(1);
	const auto values = context.input<uint8_t>(2);
	const int32_t total = context.scalar(3);
	const int32_t rows = qkv.rowsOf((heads_ + 2 * kvHeads_) * headDim_);
	const KvLayout layout = layoutOf(keys.shape, kvHeads_, headDim_);
	require(values.shape == keys.shape, "keys and values differ in shape");
	require(
		total >= rows && total <= positions_ && total <= keys.shape[0] * kKvBlock,
		"there is no room for the positions"
	);
	float* out = context.output<float>(0, {1, rows, heads_ * headDim_});
	const auto present = [&](size_t index, const Tensor<const uint8_t>& past) {
		auto* memory = context.output<uint8_t>(index, {past.shape[0], past.shape[1], past.shape[2]});
		require(memory == past.data, "past and present aren't bound to one buffer");
		return reinterpret_cast<std::byte*>(memory);
	};
	return {layout, qkv.data, rows, total - rows, present(1, keys), present(2, values), nullptr, out};
}

void AttentionOp::compute(const OpContext& context) const {
	Run run = prepare(context);
	if (run.rows == 0) {
		return;
	}
	const auto workers = static_cast<size_t>(threads());
	const size_t scratchBytes = (attentionScratchBytes(headDim_) + 63) / 64 * 64;
	WorkspacePlan plan;
	const size_t queries =
		plan.part<float>(static_cast<size_t>(run.rows) * static_cast<size_t>(heads_ * headDim_));
	const size_t keys = plan.part<float>(workers * static_cast<size_t>(headDim_));
	const size_t scratch = plan.part(workers * scratchBytes);
	std::byte* memory = environment().workspace.withRoomFor(plan.bytes());
	run.queries = reinterpret_cast<float*>(memory + queries);

	const int32_t rowWorkers = context.workersFor(run.rows);
	context.parallel(rowWorkers, [&](int32_t worker) {
		const Piece piece(run.rows, worker, rowWorkers, 1);
		appendRows(
			run,
			piece.first,
			piece.last,
			reinterpret_cast<float*>(memory + keys) + static_cast<ptrdiff_t>(worker) * headDim_
		);
	});
	const int32_t tiles = (run.rows + rowsAtOnce_ - 1) / rowsAtOnce_;
	const int32_t tasks = tiles * kvHeads_;
	const int32_t taskWorkers = std::min(threads(), tasks);
	// By turns, since later rows see more keys.
	context.parallel(taskWorkers, [&](int32_t worker) {
		for (int32_t task = worker; task < tasks && !context.isStopped(); task += taskWorkers) {
			attend(
				run,
				task % kvHeads_,
				task / kvHeads_ * rowsAtOnce_,
				memory + scratch + static_cast<size_t>(worker) * scratchBytes
			);
		}
	});
}

void AttentionOp::appendRows(const Run& run, int32_t firstRow, int32_t lastRow, float* key) const {
	const ptrdiff_t width = static_cast<ptrdiff_t>(heads_ + 2 * kvHeads_) * headDim_;
	const float factor = 1.0F / std::sqrt(static_cast<float>(headDim_));
	for (ptrdiff_t row = firstRow; row < lastRow; row++) {
		const float* from = run.qkv + row * width;
		const auto position = run.past + static_cast<int32_t>(row);
		const float* cos = cos_ + static_cast<ptrdiff_t>(position) * (headDim_ / 2);
		const float* sin = sin_ + static_cast<ptrdiff_t>(position) * (headDim_ / 2);
		float* queries = run.queries + row * heads_ * headDim_;
		for (ptrdiff_t head = 0; head < heads_; head++) {
			kernels().rotateHead(
				from + head * headDim_,
				queryNorm_,
				epsilon_,
				cos,
				sin,
				factor,
				headDim_,
				queries + head * headDim_
			);
		}
		for (int32_t head = 0; head < kvHeads_; head++) {
			const float* unrotated = from + static_cast<ptrdiff_t>(heads_ + head) * headDim_;
			const float* value = unrotated + static_cast<ptrdiff_t>(kvHeads_) * headDim_;
			kernels().rotateHead(unrotated, keyNorm_, epsilon_, cos, sin, 1, headDim_, key);
			kernels().appendKv(key, value, position, head, run.layout, run.keys, run.values);
		}
	}
}

void AttentionOp::attend(const Run& run, int32_t kvHead, int32_t firstRow, std::byte* scratch)
	const {
	const int32_t group = heads_ / kvHeads_;
	const auto stride = static_cast<size_t>(heads_ * headDim_);
	const size_t start =
		static_cast<size_t>(firstRow) * stride + static_cast<size_t>(kvHead * group * headDim_);
	const int32_t positions = std::min(rowsAtOnce_, run.rows - firstRow);
	kernels().attend(
		{run.queries + start,
		 run.out + start,
		 stride,
		 stride,
		 group,
		 positions,
		 run.past + firstRow,
		 kvHead,
		 run.layout,
		 run.keys,
		 run.values},
		scratch
	);
}

} // namespace mote
