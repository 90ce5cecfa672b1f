/** What belongs to one JavaScript environment: each worker thread that loads the addon has its own. */
#pragma once

#include <napi.h>

namespace mote {

struct Classes {
	Napi::FunctionReference session;
	Napi::FunctionReference kvCache;
	Napi::FunctionReference deviceSession;
	Napi::FunctionReference deviceCache;
};

inline const Classes& classesOf(Napi::Env env) { return *env.GetInstanceData<Classes>(); }

} // namespace mote
