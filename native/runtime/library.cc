#include "runtime/library.h"

#include <dlfcn.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <vector>

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

void loadCudaLibrariesBeside(const std::string& libraryPath) {
	// In the order of what needs what; cuDNN finds its own parts.
	constexpr std::array<const char*, 7> kNames{
		"libcudart.so.",
		"libnvJitLink.so.",
		"libcublasLt.so.",
		"libcublas.so.",
		"libcurand.so.",
		"libcufft.so.",
		"libcudnn.so.",
	};
	std::error_code none;
	const std::filesystem::path folder = std::filesystem::path(libraryPath).parent_path();
	std::vector<std::filesystem::path> files;
	for (const auto& entry : std::filesystem::directory_iterator(folder, none)) {
		files.push_back(entry.path());
	}
	std::ranges::sort(files);
	for (const char* name : kNames) {
		for (const std::filesystem::path& file : files) {
			if (file.filename().string().starts_with(name)) {
				dlopen(file.c_str(), RTLD_NOW | RTLD_GLOBAL);
			}
		}
	}
}

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

OrtOwnedValue Library::tensor(
	void* data, size_t bytes, std::span<const int64_t> shape, OrtElementType type
) const {
	return ownedBy<OrtOwnedValue>(ort, [&](OrtValue** out) {
		return ort.CreateTensorWithDataAsOrtValue(
			memory, data, bytes, shape.data(), shape.size(), type, out
		);
	});
}

} // namespace mote
