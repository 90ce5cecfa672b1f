/** From ONNX Runtime's callbacks to a class with a constructor and compute(). */
#pragma once

#include <algorithm>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

#include "ops/opEnvironment.h"
#include "ops/piece.h"

namespace mote {

using Shape = std::vector<int64_t>;

template <typename T>
inline constexpr OrtElementType kElementType = OrtElementType::undefined;
template <>
inline constexpr OrtElementType kElementType<float> = OrtElementType::float32;
template <>
inline constexpr OrtElementType kElementType<uint8_t> = OrtElementType::uint8;
template <>
inline constexpr OrtElementType kElementType<int32_t> = OrtElementType::int32;

// Far above any model that fits a machine, and small enough for the products of two to fit 32 bits where they are
// counted in them.
/** Of a dimension of a constant. */
inline constexpr int64_t kMostSize = 1 << 24;
/** Of a pass. */
inline constexpr int64_t kMostRows = 1 << 20;
/** Heads, elements of a head, experts of a row. */
inline constexpr int32_t kMostOfEach = 1024;

/** @throws std::runtime_error unless `condition` holds of the graph */
inline void require(bool condition, const char* what) {
	if (!condition) {
		throw std::runtime_error(
			std::string("The graph isn't one that this version runs: ") + what + "."
		);
	}
}

/** A tensor that somebody else owns. */
template <typename T>
struct Tensor {
	T* data;
	Shape shape;

	/**
	 * Rows of [1, rows, columns].
	 *
	 * @throws std::runtime_error unless it has as many columns
	 */
	int32_t rowsOf(int32_t columns) const {
		require(
			shape.size() == 3 && shape[0] == 1 && shape[2] == columns,
			"an operator's input has another width"
		);
		require(shape[1] <= kMostRows, "a pass has too many rows");
		return static_cast<int32_t>(shape[1]);
	}
};

/** @throws std::runtime_error unless `value` is a tensor of T */
template <typename T>
Tensor<const T> tensorOf(const Ort& ort, const OrtValue* value) {
	OrtTensorTypeAndShapeInfo* info = nullptr;
	ort.check(ort.GetTensorTypeAndShape(value, &info));
	OrtElementType type = OrtElementType::undefined;
	size_t dimensions = 0;
	OrtStatus* status = ort.GetTensorElementType(info, &type);
	if (status == nullptr) {
		status = ort.GetDimensionsCount(info, &dimensions);
	}
	Shape shape(dimensions);
	if (status == nullptr) {
		status = ort.GetDimensions(info, shape.data(), dimensions);
	}
	ort.ReleaseTensorTypeAndShapeInfo(info);
	ort.check(status);
	require(type == kElementType<T>, "a tensor has another element type");
	void* data = nullptr;
	ort.check(ort.GetTensorMutableData(value, &data));
	return {static_cast<const T*>(data), std::move(shape)};
}

/** What an operator of the graph was given for good: attributes and constants. */
class OpInfo {
 public:
	OpInfo(const Ort& ort, const OrtKernelInfo* info) : ort_(ort), info_(info) {}

	/** An attribute from `least` to `most`. */
	int32_t integer(const char* name, int32_t least, int32_t most) const {
		int64_t value = 0;
		ort_.check(ort_.KernelInfoGetAttribute_int64(info_, name, &value));
		require(value >= least && value <= most, "an attribute is out of range");
		return static_cast<int32_t>(value);
	}

	float number(const char* name) const {
		float value = 0;
		ort_.check(ort_.KernelInfoGetAttribute_float(info_, name, &value));
		return value;
	}

	/** Whether a constant stands at an optional input. */
	bool has(size_t input) const {
		size_t inputs = 0;
		ort_.check(ort_.KernelInfo_GetInputCount(info_, &inputs));
		if (input >= inputs) {
			return false;
		}
		int isConstant = 0;
		const OrtValue* value = nullptr;
		ort_.check(ort_.KernelInfoGetConstantInput_tensor(info_, input, &isConstant, &value));
		return isConstant != 0 && value != nullptr;
	}

	/** @throws std::runtime_error where it isn't constant or has not `shape`, in which -1 stands for any size */
	template <typename T>
	Tensor<const T> constant(size_t input, std::initializer_list<int64_t> shape) const {
		int isConstant = 0;
		const OrtValue* value = nullptr;
		ort_.check(ort_.KernelInfoGetConstantInput_tensor(info_, input, &isConstant, &value));
		require(isConstant != 0 && value != nullptr, "weights are no constants");
		Tensor<const T> tensor = tensorOf<T>(ort_, value);
		bool fits = tensor.shape.size() == shape.size();
		size_t i = 0;
		for (const int64_t size : shape) {
			fits = fits && (size == -1 ? tensor.shape[i] > 0 : tensor.shape[i] == size) &&
				tensor.shape[i] <= kMostSize;
			i++;
		}
		require(fits, "a constant has another shape");
		return tensor;
	}

	/** int4 weights of a linear layer in inputs `input` (codes) and `input` + 1 (scales). */
	Q4Matrix q4Matrix(size_t input) const {
		const auto codes = constant<uint8_t>(input, {-1, -1});
		require(codes.shape[1] % (kBlock / 2) == 0, "weights have no whole blocks");
		const auto scales = constant<float>(input + 1, {codes.shape[0], codes.shape[1] / (kBlock / 2)});
		return {
			codes.data,
			scales.data,
			static_cast<int32_t>(codes.shape[0]),
			static_cast<int32_t>(codes.shape[1] * 2)};
	}

 private:
	const Ort& ort_;
	const OrtKernelInfo* info_;
};

/** One run of an operator. */
class OpContext {
 public:
	OpContext(OpEnvironment& environment, OrtKernelContext* context)
			: environment_(environment), context_(context) {}

	template <typename T>
	Tensor<const T> input(size_t index) const {
		const OrtValue* value = optional(index);
		require(value != nullptr, "an input is missing");
		return tensorOf<T>(environment_.ort, value);
	}

	/** @throws std::runtime_error unless the input is one number */
	int32_t scalar(size_t index) const {
		const auto tensor = input<int32_t>(index);
		require(
			std::ranges::all_of(tensor.shape, [](int64_t size) { return size == 1; }),
			"a number isn't one"
		);
		return *tensor.data;
	}

	bool has(size_t index) const { return optional(index) != nullptr; }

	template <typename T>
	T* output(size_t index, std::initializer_list<int64_t> shape) const {
		OrtValue* value = nullptr;
		const Ort& ort = environment_.ort;
		ort.check(ort.KernelContext_GetOutput(context_, index, shape.begin(), shape.size(), &value));
		void* data = nullptr;
		ort.check(ort.GetTensorMutableData(value, &data));
		return static_cast<T*>(data);
	}

	/** Calls work(worker) for each of `workers` numbers, on the session's threads; work must not throw. */
	template <typename Work>
	void parallel(int32_t workers, const Work& work) const {
		if (workers == 1) {
			work(0);
			return;
		}
		const auto call = [](void* data, size_t worker) {
			(*static_cast<const Work*>(data))(static_cast<int32_t>(worker));
		};
		const Ort& ort = environment_.ort;
		ort.check(ort.KernelContext_ParallelFor(
			context_, call, static_cast<size_t>(workers), 0, const_cast<Work*>(&work)
		));
	}

	/** The workers for rows of which each is little work: one for a single row. */
	int32_t workersFor(int32_t rows) const { return rows < 4 ? 1 : environment_.threads; }

	bool isStopped() const { return environment_.pass.isStopped(); }

 private:
	const OrtValue* optional(size_t index) const {
		size_t inputs = 0;
		environment_.ort.check(environment_.ort.KernelContext_GetInputCount(context_, &inputs));
		const OrtValue* value = nullptr;
		if (index >= inputs) {
			return value;
		}
		environment_.ort.check(environment_.ort.KernelContext_GetInput(context_, index, &value));
		return value;
	}

	OpEnvironment& environment_;
	OrtKernelContext* context_;
};

/** Rows of weights of which a worker takes whole multiples. */
inline constexpr int32_t kWeightRowStep = kGroup;

/** How an operator looks from outside. Undefined stands for any element type, optional inputs come last or are empty. */
struct OpSignature {
	const char* name;
	std::vector<OrtElementType> inputs;
	size_t requiredInputs;
	std::vector<OrtElementType> outputs;
};

/** Kernel(OpEnvironment&, const OpInfo&) reads constants; compute(const OpContext&) runs. Both may throw. */
template <typename Kernel>
class CustomOp : public OrtCustomOp {
 public:
	CustomOp(std::shared_ptr<OpEnvironment> environment, OpSignature signature)
			: OrtCustomOp{}, environment_(std::move(environment)), signature_(std::move(signature)) {
		GetName = [](const OrtCustomOp* op) { return self(op).signature_.name; };
		GetExecutionProviderType = [](const OrtCustomOp*) -> const char* { return nullptr; };
		GetInputTypeCount = [](const OrtCustomOp* op) { return self(op).signature_.inputs.size(); };
		GetInputType = [](const OrtCustomOp* op, size_t index) {
			return self(op).signature_.inputs[index];
		};
		GetOutputTypeCount = [](const OrtCustomOp* op) { return self(op).signature_.outputs.size(); };
		GetOutputType = [](const OrtCustomOp* op, size_t index) {
			return self(op).signature_.outputs[index];
		};
		GetInputCharacteristic = [](const OrtCustomOp* op, size_t index) {
			return index < self(op).signature_.requiredInputs ? OrtCharacteristic::required
																												: OrtCharacteristic::optional;
		};
		GetOutputCharacteristic = [](const OrtCustomOp*, size_t) {
			return OrtCharacteristic::required;
		};
		GetInputMemoryType = [](const OrtCustomOp*, size_t) { return OrtMemoryType::normal; };
		GetVariadicInputMinArity = [](const OrtCustomOp*) { return 1; };
		GetVariadicInputHomogeneity = [](const OrtCustomOp*) { return 1; };
		GetVariadicOutputMinArity = [](const OrtCustomOp*) { return 1; };
		GetVariadicOutputHomogeneity = [](const OrtCustomOp*) { return 1; };
		GetStartVersion = [](const OrtCustomOp*) { return 1; };
		GetEndVersion = [](const OrtCustomOp*) { return 1; };
		CreateKernelV2 =
			[](const OrtCustomOp* op, const OrtApi*, const OrtKernelInfo* info, void** kernel) {
				OpEnvironment& environment = *self(op).environment_;
				return environment.ort.statusOf([&] {
					*kernel = new Kernel(environment, OpInfo(environment.ort, info));
				});
			};
		KernelComputeV2 = [](void* kernel, OrtKernelContext* context) {
			auto& op = *static_cast<Kernel*>(kernel);
			return op.environment().ort.statusOf([&] { op.compute(OpContext(op.environment(), context)); }
			);
		};
		KernelDestroy = [](void* kernel) { delete static_cast<Kernel*>(kernel); };
	}

 private:
	static const CustomOp& self(const OrtCustomOp* op) { return *static_cast<const CustomOp*>(op); }

	std::shared_ptr<OpEnvironment> environment_;
	OpSignature signature_;
};

/** What every kernel has. */
class OpKernel {
 public:
	explicit OpKernel(OpEnvironment& environment) : environment_(environment) {}
	OpEnvironment& environment() const { return environment_; }

 protected:
	const KernelTable& kernels() const { return environment_.kernels; }
	int32_t threads() const { return environment_.threads; }

 private:
	OpEnvironment& environment_;
};

} // namespace mote
