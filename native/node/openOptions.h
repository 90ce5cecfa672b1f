/** What JavaScript says about a model that is to be loaded. */
#pragma once

#include <napi.h>

#include <string>

#include "runtime/deviceSession.h"
#include "runtime/session.h"

namespace mote {

template <typename S>
struct OpenOptions {
	/** Of ONNX Runtime. */
	std::string libraryPath;
	typename S::Options session;
};

/** @throws ArgumentError unless this machine runs them */
Instructions instructionsFrom(const Napi::Value& value);

/** @throws ArgumentError */
template <typename S>
OpenOptions<S> openOptionsFrom(const Napi::Value& value);

template <>
OpenOptions<Session> openOptionsFrom<Session>(const Napi::Value& value);
template <>
OpenOptions<DeviceSession> openOptionsFrom<DeviceSession>(const Napi::Value& value);

} // namespace mote
