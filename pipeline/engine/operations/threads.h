// Threads of the processor, and memory that each of them keeps from one operation to the next.
#pragma once
#include <cstddef>
#include <functional>

namespace rxface {

// How many threads work at most: as many as TensorFlow takes.
int threads();

// Runs task(0) to task(count - 1), each once, by several threads; returns when all are done.
// Which thread runs which differs from call to call: results must not depend on it.
void parallel(int count, const std::function<void(int)>& task);

// Memory of the calling thread for so many floats, aligned for vectors. What it holds is undefined; the next call with this slot
// may move it. Operations take it in place of fresh memory, whose pages cost more than what is computed in them.
float* scratch(int slot, size_t floats);

}  // namespace rxface
