/** Objects of ONNX Runtime that are released with their owners. */
#pragma once

#include <memory>

#include "runtime/ort.h"

namespace mote {

template <auto release>
struct OrtRelease {
	const Ort* ort = nullptr;

	template <typename Object>
	void operator()(Object* object) const {
		(ort->*release)(object);
	}
};

template <typename Object, auto release>
using OrtOwned = std::unique_ptr<Object, OrtRelease<release>>;

using OrtOwnedAllocator = OrtOwned<OrtAllocator, &Ort::ReleaseAllocator>;
using OrtOwnedCudaOptions = OrtOwned<OrtCUDAProviderOptionsV2, &Ort::ReleaseCUDAProviderOptions>;
using OrtOwnedCustomOpDomain = OrtOwned<OrtCustomOpDomain, &Ort::ReleaseCustomOpDomain>;
using OrtOwnedIoBinding = OrtOwned<OrtIoBinding, &Ort::ReleaseIoBinding>;
using OrtOwnedMemoryInfo = OrtOwned<OrtMemoryInfo, &Ort::ReleaseMemoryInfo>;
using OrtOwnedRunOptions = OrtOwned<OrtRunOptions, &Ort::ReleaseRunOptions>;
using OrtOwnedSession = OrtOwned<OrtSession, &Ort::ReleaseSession>;
using OrtOwnedSessionOptions = OrtOwned<OrtSessionOptions, &Ort::ReleaseSessionOptions>;
using OrtOwnedValue = OrtOwned<OrtValue, &Ort::ReleaseValue>;

/**
 * What `create` makes, as `create(&object)`.
 *
 * @throws std::runtime_error
 */
template <typename Owned, typename Create>
Owned ownedBy(const Ort& ort, Create&& create) {
	typename Owned::pointer object = nullptr;
	ort.check(create(&object));
	return Owned(object, {&ort});
}

} // namespace mote
