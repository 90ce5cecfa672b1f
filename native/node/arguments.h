/** What JavaScript passes, checked: whoever calls may be wrong about everything. */
#pragma once

#include <napi.h>

#include <cstdint>
#include <span>
#include <stdexcept>
#include <string>

namespace mote {

/** An argument of the wrong kind or out of range; becomes a TypeError. */
struct ArgumentError : std::runtime_error {
	using std::runtime_error::runtime_error;
};

/** An integer from `least` to `most`. */
size_t integerFrom(const Napi::Value& value, const char* name, size_t least, size_t most);

/** A string of 1 to 4096 bytes in UTF-8 without a null character. */
std::string stringFrom(const Napi::Value& value, const char* name);

/** A member of an object. */
Napi::Value memberOf(const Napi::Value& object, const char* name);

/** The memory of a typed array; valid until JavaScript runs again. */
std::span<int32_t> int32From(const Napi::Value& value, const char* name);
std::span<float> float32From(const Napi::Value& value, const char* name);
std::span<std::byte> bytesFrom(const Napi::Value& value, const char* name);

/** An Int32Array of ids below `vocabularySize`. */
std::span<const int32_t> tokensFrom(const Napi::Value& value, size_t vocabularySize);

/**
 * Every getter calls it first: V8 knows whose object a method is called on, but not a getter.
 *
 * @throws ArgumentError unless `this` has the tag
 */
void checkReceiver(const Napi::CallbackInfo& info, const napi_type_tag& tag);

/** @throws ArgumentError unless `actual` is `wanted` */
void checkLength(size_t actual, size_t wanted, const char* name);

/** Throws what went wrong as JavaScript sees it: a TypeError, or an Error with the code "MOTE_RUNTIME". */
[[noreturn]] void throwToJavaScript(Napi::Env env, const std::exception& error);
Napi::Error toJavaScript(Napi::Env env, const char* message);

/** Runs the body of a function that JavaScript calls. */
template <typename Body>
auto callFromJavaScript(Napi::Env env, Body&& body) -> decltype(body()) {
	try {
		return body();
	} catch (const Napi::Error&) {
		throw;
	} catch (const std::exception& error) {
		throwToJavaScript(env, error);
	}
}

} // namespace mote
