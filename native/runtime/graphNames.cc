#include "runtime/graphNames.h"

#include <stdexcept>
#include <vector>

namespace mote {
namespace {

std::string takeName(const Ort& ort, OrtAllocator* allocator, char* name) {
	std::string copy = name;
	ort.check(ort.AllocatorFree(allocator, name));
	return copy;
}

template <typename CountOf, typename NameOf>
std::vector<std::string> namesOf(
	const Ort& ort, const OrtSession* session, const CountOf& countOf, const NameOf& nameOf
) {
	OrtAllocator* allocator = nullptr;
	ort.check(ort.GetAllocatorWithDefaultOptions(&allocator));
	size_t count = 0;
	ort.check(countOf(session, &count));
	std::vector<std::string> names(count);
	for (size_t i = 0; i < count; i++) {
		char* name = nullptr;
		ort.check(nameOf(session, i, allocator, &name));
		names[i] = takeName(ort, allocator, name);
	}
	return names;
}

void checkNames(const std::vector<std::string>& actual, std::set<std::string> wanted) {
	for (const std::string& name : actual) {
		if (wanted.erase(name) == 0) {
			throw std::runtime_error("its graph has " + name + ", which nobody uses");
		}
	}
	if (!wanted.empty()) {
		throw std::runtime_error("its graph lacks " + *wanted.begin());
	}
}

} // namespace

void checkGraphNames(
	const Ort& ort,
	const OrtSession* session,
	std::set<std::string> inputs,
	std::set<std::string> outputs
) {
	checkNames(
		namesOf(ort, session, ort.SessionGetInputCount, ort.SessionGetInputName), std::move(inputs)
	);
	checkNames(
		namesOf(ort, session, ort.SessionGetOutputCount, ort.SessionGetOutputName), std::move(outputs)
	);
}

} // namespace mote
