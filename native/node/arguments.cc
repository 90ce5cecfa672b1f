#include "node/arguments.h"

#include <algorithm>
#include <cmath>
#include <new>

namespace mote {
namespace {

template <typename Element>
std::span<Element> elementsOf(
	const Napi::Value& value, const char* name, napi_typedarray_type type, const char* typeName
) {
	if (!value.IsTypedArray() || value.As<Napi::TypedArray>().TypedArrayType() != type) {
		throw ArgumentError(std::string(name) + " is no " + typeName);
	}
	auto array = value.As<Napi::TypedArrayOf<Element>>();
	return {array.Data(), array.ElementLength()};
}

} // namespace

size_t integerFrom(const Napi::Value& value, const char* name, size_t least, size_t most) {
	const double number = value.IsNumber() ? value.As<Napi::Number>().DoubleValue() : NAN;
	if (std::trunc(number) != number || number < static_cast<double>(least) || number > static_cast<double>(most)) {
		throw ArgumentError(
			std::string(name) + " is no integer from " + std::to_string(least) + " to " +
			std::to_string(most)
		);
	}
	return static_cast<size_t>(number);
}

std::string stringFrom(const Napi::Value& value, const char* name) {
	constexpr size_t kMostBytes = 4096;
	std::string text = value.IsString() ? value.As<Napi::String>().Utf8Value() : "";
	if (text.empty() || text.size() > kMostBytes || text.find('\0') != std::string::npos) {
		throw ArgumentError(std::string(name) + " is no usable string");
	}
	return text;
}

Napi::Value memberOf(const Napi::Value& object, const char* name) {
	if (!object.IsObject()) {
		throw ArgumentError(std::string("no object with a member ") + name);
	}
	return object.As<Napi::Object>().Get(name);
}

std::span<int32_t> int32From(const Napi::Value& value, const char* name) {
	return elementsOf<int32_t>(value, name, napi_int32_array, "Int32Array");
}

std::span<float> float32From(const Napi::Value& value, const char* name) {
	return elementsOf<float>(value, name, napi_float32_array, "Float32Array");
}

std::span<std::byte> bytesFrom(const Napi::Value& value, const char* name) {
	return std::as_writable_bytes(elementsOf<uint8_t>(value, name, napi_uint8_array, "Uint8Array"));
}

std::span<const int32_t> tokensFrom(const Napi::Value& value, size_t vocabularySize) {
	const std::span<const int32_t> tokens = int32From(value, "tokens");
	const auto size = static_cast<int64_t>(vocabularySize);
	if (!std::ranges::all_of(tokens, [&](int32_t id) { return id >= 0 && id < size; })) {
		throw ArgumentError("tokens are not of this model's vocabulary");
	}
	return tokens;
}

void checkReceiver(const Napi::CallbackInfo& info, const napi_type_tag& tag) {
	const Napi::Value self = info.This();
	if (!self.IsObject() || !self.As<Napi::Object>().CheckTypeTag(&tag)) {
		throw ArgumentError("this is an object of another kind");
	}
}

void checkLength(size_t actual, size_t wanted, const char* name) {
	if (actual != wanted) {
		throw ArgumentError(
			std::string(name) + " has " + std::to_string(actual) + " elements instead of " +
			std::to_string(wanted)
		);
	}
}

void throwToJavaScript(Napi::Env env, const std::exception& error) {
	if (dynamic_cast<const ArgumentError*>(&error) != nullptr) {
		throw Napi::TypeError::New(env, error.what());
	}
	if (dynamic_cast<const std::bad_alloc*>(&error) != nullptr) {
		throw toJavaScript(env, "this machine doesn't have the memory free");
	}
	throw toJavaScript(env, error.what());
}

Napi::Error toJavaScript(Napi::Env env, const char* message) {
	Napi::Error created = Napi::Error::New(env, message);
	created.Set("code", Napi::String::New(env, "MOTE_RUNTIME"));
	return created;
}

} // namespace mote
