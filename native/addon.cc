/** What JavaScript gets: src/engine/native/addon.ts describes it. */
#include <napi.h>

#include <memory>

#include "kernels/kernelTable.h"
#include "node/arguments.h"
#include "node/classes.h"
#include "node/deviceCacheObject.h"
#include "node/kvCacheObject.h"
#include "node/openOptions.h"
#include "node/openWorker.h"
#include "node/sessionObject.h"
#include "runtime/selfTest.h"

namespace mote {
namespace {

/**
 * Changes with whatever src/engine/native/addon.ts has to know, and with what KV caches hold: those on the disk are named
 * by it.
 */
constexpr int kAbi = 3;

/** As process.platform and process.arch say it. */
#if defined(__linux__) && defined(__x86_64__)
constexpr const char* kPlatform = "linux-x64";
#elif defined(__linux__) && defined(__aarch64__)
constexpr const char* kPlatform = "linux-arm64";
#elif defined(__APPLE__) && defined(__aarch64__)
constexpr const char* kPlatform = "darwin-arm64";
#else
#error "no addon for this system"
#endif

template <typename S>
Napi::Value openSession(const Napi::CallbackInfo& info) {
	const Napi::Env env = info.Env();
	return callFromJavaScript(env, [&]() -> Napi::Value {
		auto* worker = new OpenWorker<S>(env, openOptionsFrom<S>(info[0]));
		const Napi::Promise promise = worker->promise();
		worker->Queue();
		return promise;
	});
}

/** The sets of instructions that this machine runs. */
Napi::Array usableInstructions(Napi::Env env) {
	const Napi::Array names = Napi::Array::New(env);
	for (const Instructions instructions : kAllInstructions) {
		if (isUsable(instructions)) {
			names.Set(names.Length(), nameOf(instructions));
		}
	}
	return names;
}

/** (instructions): whether their kernels compute what the plain ones do. */
Napi::Value selfTest(const Napi::CallbackInfo& info) {
	return callFromJavaScript(info.Env(), [&]() -> Napi::Value {
		const KernelTable& kernels = kernelsFor(instructionsFrom(info[0]));
		return Napi::Boolean::New(info.Env(), agreesWithReference(kernels));
	});
}

Napi::Object initialize(Napi::Env env, Napi::Object exports) {
	auto classes = std::make_unique<Classes>();
	classes->session = Napi::Persistent(SessionObject<Session>::define(env));
	classes->kvCache = Napi::Persistent(KvCacheObject::define(env));
	classes->deviceSession = Napi::Persistent(SessionObject<DeviceSession>::define(env));
	classes->deviceCache = Napi::Persistent(DeviceCacheObject::define(env));
	env.SetInstanceData(classes.release());
	exports.Set("abi", kAbi);
	exports.Set("platform", kPlatform);
	exports.Set("instructions", usableInstructions(env));
	if (bestInstructions() != Instructions::reference) {
		exports.Set("bestInstructions", nameOf(bestInstructions()));
	}
	exports.Set("selfTest", Napi::Function::New<selfTest>(env, "selfTest"));
	exports.Set("openSession", Napi::Function::New<openSession<Session>>(env, "openSession"));
	const auto openDevice = Napi::Function::New<openSession<DeviceSession>>(env, "openDeviceSession");
	exports.Set("openDeviceSession", openDevice);
	return exports;
}

NODE_API_MODULE(mote, initialize)

} // namespace

} // namespace mote
