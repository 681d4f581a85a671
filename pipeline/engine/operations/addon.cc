// Registers the operations with TensorFlow when Node loads this file; from then on they are called by name like TensorFlow's own.
#include <node_api.h>
#include <tensorflow/c/ops.h>
#include <tensorflow/c/tf_tensor.h>

#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "descent.h"
#include "normalisation.h"
#include "winograd.h"

// Of tensorflow/c/kernels.h, which itself asks for headers that do not come with the engine.
extern "C" {
typedef struct TF_KernelBuilder TF_KernelBuilder;
typedef struct TF_OpKernelConstruction TF_OpKernelConstruction;
typedef struct TF_OpKernelContext TF_OpKernelContext;
TF_KernelBuilder* TF_NewKernelBuilder(const char* op, const char* device, void* (*create)(TF_OpKernelConstruction*),
                                      void (*compute)(void*, TF_OpKernelContext*), void (*destroy)(void*));
void TF_KernelBuilder_TypeConstraint(TF_KernelBuilder*, const char* attribute, TF_DataType, TF_Status*);
void TF_RegisterKernelBuilder(const char* op, TF_KernelBuilder*, TF_Status*);
void TF_GetInput(TF_OpKernelContext*, int index, TF_Tensor**, TF_Status*);
TF_Tensor* TF_AllocateOutput(TF_OpKernelContext*, int index, TF_DataType, const int64_t* sizes, int rank, size_t bytes, TF_Status*);
void TF_OpKernelContext_Failure(TF_OpKernelContext*, TF_Status*);
}

namespace rxface {
namespace {

template <class T>
constexpr TF_DataType TYPE = TF_FLOAT;
template <>
constexpr TF_DataType TYPE<BFloat16> = TF_BFLOAT16;

using Status = std::unique_ptr<TF_Status, decltype(&TF_DeleteStatus)>;
using Shape = std::vector<int64_t>;

Status newStatus() { return Status(TF_NewStatus(), TF_DeleteStatus); }

// One call of an operation: its inputs and its results, until it returns.
class Call {
 public:
  explicit Call(TF_OpKernelContext* context) : context_(context) {}
  ~Call() {
    for (TF_Tensor* tensor : held_) TF_DeleteTensor(tensor);
  }

  template <class T>
  const T* in(int index) {
    return static_cast<const T*>(TF_TensorData(tensor(index)));
  }

  // Null where the input has no values: that is how an optional one is left out.
  template <class T>
  const T* maybe(int index) {
    return TF_TensorElementCount(tensor(index)) == 0 ? nullptr : in<T>(index);
  }

  Shape shape(int index) {
    const TF_Tensor* of = tensor(index);
    Shape sizes(TF_NumDims(of));
    for (size_t i = 0; i < sizes.size(); i++) sizes[i] = TF_Dim(of, static_cast<int>(i));
    return sizes;
  }

  // Null where there is no memory: then the call has failed, and TensorFlow says so.
  template <class T>
  T* out(int index, const Shape& shape) {
    size_t bytes = sizeof(T);
    for (const int64_t size : shape) bytes *= size;
    const Status status = newStatus();
    TF_Tensor* made = TF_AllocateOutput(context_, index, TYPE<T>, shape.data(), static_cast<int>(shape.size()), bytes, status.get());
    if (TF_GetCode(status.get()) != TF_OK) {
      TF_OpKernelContext_Failure(context_, status.get());
      return nullptr;
    }
    held_.push_back(made);
    return static_cast<T*>(TF_TensorData(made));
  }

 private:
  TF_Tensor* tensor(int index) {
    if (inputs_.size() <= static_cast<size_t>(index)) inputs_.resize(index + 1);
    if (inputs_[index] == nullptr) {
      const Status status = newStatus();
      TF_GetInput(context_, index, &inputs_[index], status.get());
      held_.push_back(inputs_[index]);
    }
    return inputs_[index];
  }

  TF_OpKernelContext* context_;
  std::vector<TF_Tensor*> inputs_, held_;
};

Maps mapsOf(const Shape& shape) {
  return {static_cast<int>(shape[0]), static_cast<int>(shape[1]), static_cast<int>(shape[2])};
}

Maps halved(Maps maps, int stride) {
  return {maps.count, (maps.height + stride - 1) / stride, (maps.width + stride - 1) / stride};
}

template <int STRIDE, class T>
void conv3x3(void*, TF_OpKernelContext* context) {
  Call call(context);
  const Shape x = call.shape(0), w = call.shape(1);
  const Maps maps = mapsOf(x), half = halved(maps, STRIDE);
  if (T* y = call.out<T>(0, {half.count, half.height, half.width, w[3]}))
    convolve(maps, call.in<T>(0), call.in<float>(1), half, y, static_cast<int>(w[2]), static_cast<int>(w[3]), STRIDE);
}

template <int STRIDE, class T>
void conv3x3InputGrad(void*, TF_OpKernelContext* context) {
  Call call(context);
  const Shape dy = call.shape(0), w = call.shape(1);
  const int32_t* sizes = call.in<int32_t>(2);
  if (T* dx = call.out<T>(0, Shape(sizes, sizes + 4)))
    inputGradient(mapsOf(dy), call.in<T>(0), call.in<float>(1), {sizes[0], sizes[1], sizes[2]}, dx, static_cast<int>(w[2]),
                  static_cast<int>(w[3]), STRIDE);
}

template <int STRIDE, class T>
void conv3x3FilterGrad(void*, TF_OpKernelContext* context) {
  Call call(context);
  const Shape x = call.shape(0), dy = call.shape(1);
  if (float* dw = call.out<float>(0, {3, 3, x[3], dy[3]}))
    filterGradient(mapsOf(x), call.in<T>(0), mapsOf(dy), call.in<T>(1), dw, static_cast<int>(x[3]), static_cast<int>(dy[3]), STRIDE);
}

// x [..., C] and what there is a channel of it.
struct Rows {
  Shape shape;
  int channels;
  long count = 1;
  explicit Rows(const Shape& of) : shape(of), channels(static_cast<int>(of.back())) {
    for (size_t i = 0; i + 1 < of.size(); i++) count *= of[i];
  }
};

template <class T>
void batchNorm(void*, TF_OpKernelContext* context) {
  Call call(context);
  const Rows x(call.shape(0));
  const Statistics running{call.in<float>(3), call.in<float>(4)};
  T* y = call.out<T>(0, x.shape);
  float* statistics[4];
  for (int i = 0; i < 4; i++) statistics[i] = call.out<float>(i + 1, {x.channels});
  if (!y || !statistics[3]) return;
  batchStatistics(call.in<T>(0), x.count, x.channels, statistics[0], statistics[1], running, statistics[2], statistics[3]);
  normalise(call.in<T>(0), x.count, x.channels, {statistics[0], statistics[1]}, {call.in<float>(1), call.in<float>(2), call.maybe<float>(5)},
            call.maybe<T>(6), y);
}

template <class T>
void batchNormGrad(void*, TF_OpKernelContext* context) {
  Call call(context);
  const Rows x(call.shape(1));
  const Affine affine{call.in<float>(2), call.in<float>(3), call.maybe<float>(6)};
  T* dx = call.out<T>(0, x.shape);
  float* dScale = call.out<float>(1, {x.channels});
  float* dOffset = call.out<float>(2, {x.channels});
  float* dSlope = call.out<float>(3, {affine.slope ? x.channels : 0});
  if (!dx || !dScale || !dOffset || !dSlope) return;
  normaliseGradient(call.in<T>(0), call.in<T>(1), x.count, x.channels, {call.in<float>(4), call.in<float>(5)}, affine,
                    *call.in<float>(8) != 0, call.maybe<T>(7), dx, dScale, dOffset, affine.slope ? dSlope : nullptr);
}

template <class T>
void batchNormTangent(void*, TF_OpKernelContext* context) {
  Call call(context);
  const Rows x(call.shape(0));
  const Affine affine{call.in<float>(2), call.in<float>(3), call.maybe<float>(6)};
  const Affine along{call.maybe<float>(7), call.maybe<float>(8), call.maybe<float>(9)};
  if (T* ydot = call.out<T>(0, x.shape))
    normaliseTangent(call.in<T>(0), call.in<T>(1), x.count, x.channels, {call.in<float>(4), call.in<float>(5)}, affine, along,
                     *call.in<float>(11) != 0, call.maybe<T>(10), ydot);
}

void sgd(void*, TF_OpKernelContext* context) {
  Call call(context);
  const Shape shape = call.shape(0);
  float* weight = call.out<float>(0, shape);
  float* velocity = call.out<float>(1, shape);
  if (!weight || !velocity) return;
  long count = 1;
  for (const int64_t size : shape) count *= size;
  const float* rates = call.in<float>(3);
  descend(call.in<float>(0), call.in<float>(1), call.maybe<float>(2), count, {rates[0], rates[1], rates[2], *call.in<float>(4)}, weight,
          velocity);
}

// A table whose rows are changed where they lie: nobody but its owner has it, and he expects that.
float* table(Call& call, int index) { return const_cast<float*>(call.in<float>(index)); }

Places placesOf(Call& call, int index, const Shape& table) {
  return {call.in<int>(index), static_cast<long>(call.shape(index)[0]), static_cast<long>(table[1])};
}

void sgdRows(void*, TF_OpKernelContext* context) {
  Call call(context);
  if (!call.out<float>(0, {0})) return;
  const float* rates = call.in<float>(5);
  descendRows(table(call, 0), table(call, 1), placesOf(call, 2, call.shape(0)), call.in<float>(3), call.maybe<float>(4),
              {rates[0], rates[1], rates[2], *call.in<float>(6)});
}

void replaceRows(void*, TF_OpKernelContext* context) {
  Call call(context);
  if (call.out<float>(0, {0})) putRows(table(call, 0), placesOf(call, 1, call.shape(0)), call.in<float>(2));
}

using Compute = void (*)(void*, TF_OpKernelContext*);

// Unknown: nobody asks for shapes where operations are run one by one.
void noShape(TF_ShapeInferenceContext* context, TF_Status* status) {
  TF_ShapeInferenceContextSetUnknownShape(context, status);
}

// An operation and its kernels for maps of either type T (null: not of this one). False where TensorFlow refuses.
bool define(const char* name, const std::vector<const char*>& inputs, const std::vector<const char*>& outputs, Compute wide,
            Compute narrow) {
  const Status status = newStatus();
  TF_OpDefinitionBuilder* definition = TF_NewOpDefinitionBuilder(name);
  for (const char* input : inputs) TF_OpDefinitionBuilderAddInput(definition, input);
  for (const char* output : outputs) TF_OpDefinitionBuilderAddOutput(definition, output);
  TF_OpDefinitionBuilderAddAttr(definition, "T: {float, bfloat16}");
  TF_OpDefinitionBuilderSetShapeInferenceFunction(definition, noShape);
  TF_RegisterOpDefinition(definition, status.get());
  for (const auto& [type, compute] : {std::pair{TF_FLOAT, wide}, std::pair{TF_BFLOAT16, narrow}}) {
    if (TF_GetCode(status.get()) != TF_OK) return false;
    if (!compute) continue;
    TF_KernelBuilder* kernel = TF_NewKernelBuilder(name, "CPU", nullptr, compute, nullptr);
    TF_KernelBuilder_TypeConstraint(kernel, "T", type, status.get());
    TF_RegisterKernelBuilder(name, kernel, status.get());
  }
  return TF_GetCode(status.get()) == TF_OK;
}

template <int STRIDE>
bool defineConvolution(const std::string& of) {
  return define(("RxfaceConv3x3" + of).c_str(), {"x: T", "w: float"}, {"y: T"}, conv3x3<STRIDE, float>, conv3x3<STRIDE, BFloat16>) &&
         define(("RxfaceConv3x3InputGrad" + of).c_str(), {"dy: T", "w: float", "sizes: int32"}, {"dx: T"},
                conv3x3InputGrad<STRIDE, float>, conv3x3InputGrad<STRIDE, BFloat16>) &&
         define(("RxfaceConv3x3FilterGrad" + of).c_str(), {"x: T", "dy: T"}, {"dw: float"}, conv3x3FilterGrad<STRIDE, float>,
                conv3x3FilterGrad<STRIDE, BFloat16>);
}

bool defineAll() {
  return defineConvolution<1>("Stride1") && defineConvolution<2>("Stride2") &&
         define("RxfaceBatchNorm",
                {"x: T", "scale: float", "offset: float", "running_mean: float", "running_variance: float", "slope: float", "addend: T"},
                {"y: T", "mean: float", "variance: float", "next_mean: float", "next_variance: float"}, batchNorm<float>,
                batchNorm<BFloat16>) &&
         define("RxfaceBatchNormGrad",
                {"dy: T", "x: T", "scale: float", "offset: float", "mean: float", "variance: float", "slope: float", "addend: T",
                 "train: float"},
                {"dx: T", "d_scale: float", "d_offset: float", "d_slope: float"}, batchNormGrad<float>, batchNormGrad<BFloat16>) &&
         define("RxfaceBatchNormTangent",
                {"x: T", "xdot: T", "scale: float", "offset: float", "mean: float", "variance: float", "slope: float", "scale_dot: float",
                 "offset_dot: float", "slope_dot: float", "addend: T", "train: float"},
                {"ydot: T"}, batchNormTangent<float>, batchNormTangent<BFloat16>) &&
         define("RxfaceSgd",
                {"weight: T", "gradient: T", "velocity: T", "rates: T", "clip: T"},
                {"next_weight: T", "next_velocity: T"}, sgd, nullptr) &&
         define("RxfaceSgdRows",
                {"weight: T", "velocity: T", "at: int32", "gradient: T", "along: T", "rates: T", "clip: T"}, {"nothing: T"}, sgdRows,
                nullptr) &&
         define("RxfacePutRows", {"table: T", "at: int32", "rows: T"}, {"nothing: T"}, replaceRows, nullptr);
}

}  // namespace
}  // namespace rxface

NAPI_MODULE_INIT() {
  // Once a process, however many threads of Node load it.
  static const bool defined = rxface::defineAll();
  if (!defined) napi_throw_error(env, nullptr, "TensorFlow does not take the operations");
  return exports;
}
