#include "runtime/library.h"

#include <dlfcn.h>

#include <map>
#include <memory>
#include <mutex>
#include <stdexcept>

namespace mote {
namespace {

std::unique_ptr<Library> load(const std::string& path) {
	void* handle = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
	if (handle == nullptr) {
		const char* reason = dlerror();
		throw std::runtime_error(reason == nullptr ? "it can't be loaded" : reason);
	}
	using GetApiBase = const OrtApiBase* (*)();
	const auto getApiBase = reinterpret_cast<GetApiBase>(dlsym(handle, "OrtGetApiBase"));
	if (getApiBase == nullptr) {
		throw std::runtime_error(path + " is not ONNX Runtime");
	}
	const OrtApiBase* base = getApiBase();
	const OrtApi* api = base->GetApi(kOrtApiVersion);
	if (api == nullptr) {
		throw std::runtime_error(
			std::string("ONNX Runtime ") + base->GetVersionString() + " is too old: at least 1." +
			std::to_string(kOrtApiVersion) + " is needed"
		);
	}
	auto library =
		std::make_unique<Library>(Library{Ort(api), base->GetVersionString(), nullptr, nullptr});
	const Ort& ort = library->ort;
	ort.check(ort.CreateEnv(OrtLoggingLevel::error, "mote", &library->environment));
	ort.check(
		ort.CreateCpuMemoryInfo(OrtAllocatorType::device, OrtMemoryType::normal, &library->memory)
	);
	return library;
}

} // namespace

const Library& Library::open(const std::string& path) {
	static std::mutex mutex;
	// Not destroyed at exit either, when threads of sessions that nobody closed may still run.
	static auto& libraries = *new std::map<std::string, std::unique_ptr<Library>>();
	const std::lock_guard lock(mutex);
	std::unique_ptr<Library>& library = libraries[path];
	if (library == nullptr) {
		library = load(path);
	}
	return *library;
}

} // namespace mote
