/** The first part of every linear operator: rows of activations, normed where wanted, in int8. */
#pragma once

#include "ops/customOp.h"

namespace mote {

/** RMS norm in front of a product. */
struct Norm {
	const float* weight;
	float epsilon;
};

/** Writes `rows` rows of `layout.columns` floats as int8 to `out`. `normed` has a row for each worker. */
inline void quantizeRows(const OpContext& context, const KernelTable& kernels, const float* x, int32_t rows,
	const Norm* norm, const Q8Layout& layout, std::byte* out, float* normed) {
	const int32_t workers = context.workersFor(rows);
	const auto columns = static_cast<size_t>(layout.columns);
	context.parallel(workers, [&](int32_t worker) {
		const Piece piece(rows, worker, workers, 1);
		float* row = normed + static_cast<size_t>(worker) * columns;
		for (auto i = static_cast<size_t>(piece.first); i < static_cast<size_t>(piece.last); i++) {
			const float* from = x + i * columns;
			if (norm != nullptr) {
				kernels.rmsNorm(from, norm->weight, norm->epsilon, layout.columns, row);
				from = row;
			}
			kernels.quantizeRow(from, layout, out + i * layout.bytes);
		}
	});
}

}  // namespace mote
