#include "threads.h"

#include <sched.h>

#include <atomic>
#include <condition_variable>
#include <cstdlib>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

namespace rxface {
namespace {

int countThreads() {
  if (const char* asked = std::getenv("TF_NUM_INTRAOP_THREADS"))
    if (const int count = std::atoi(asked); count > 0) return count;
  cpu_set_t allowed;
  if (sched_getaffinity(0, sizeof allowed, &allowed) == 0) return CPU_COUNT(&allowed);
  return static_cast<int>(std::thread::hardware_concurrency());
}

inline void breathe() { __builtin_ia32_pause(); }

// Spins this often before it sleeps: operations follow each other closely.
constexpr int SPINS = 4000;

class Pool {
 public:
  explicit Pool(int helpers) {
    for (int i = 0; i < helpers; i++) std::thread([this] { help(); }).detach();
  }

  void run(int count, const std::function<void(int)>& task) {
    {
      std::lock_guard<std::mutex> guard(lock_);
      task_ = &task;
      count_ = count;
      next_ = 0;
      inside_ = 0;
      open_ = true;
      round_++;
    }
    wake_.notify_all();
    work();
    // Nobody may enter any more; who is inside finishes.
    std::unique_lock<std::mutex> guard(lock_);
    open_ = false;
    for (int i = 0; i < SPINS && inside_ > 0; i++) {
      guard.unlock();
      breathe();
      guard.lock();
    }
    done_.wait(guard, [this] { return inside_ == 0; });
  }

 private:
  void work() {
    for (int i; (i = next_.fetch_add(1)) < count_;) (*task_)(i);
  }

  void help() {
    unsigned seen = 0;
    for (;;) {
      for (int i = 0; i < SPINS && round_ == seen; i++) breathe();
      std::unique_lock<std::mutex> guard(lock_);
      wake_.wait(guard, [&] { return round_ != seen; });
      seen = round_;
      if (!open_) continue;
      inside_++;
      guard.unlock();
      work();
      guard.lock();
      if (--inside_ == 0) done_.notify_one();
    }
  }

  std::mutex lock_;
  std::condition_variable wake_, done_;
  std::atomic<unsigned> round_{0};
  std::atomic<int> next_{0};
  const std::function<void(int)>* task_ = nullptr;
  int count_ = 0;
  std::atomic<int> inside_{0};
  bool open_ = false;
};

struct Free {
  void operator()(float* memory) const { std::free(memory); }
};

struct Slot {
  std::unique_ptr<float, Free> memory;
  size_t floats = 0;
};

}  // namespace

int threads() {
  static const int count = countThreads();
  return count;
}

void parallel(int count, const std::function<void(int)>& task) {
  // Never torn down: its threads may outlive what would.
  static Pool* const pool = new Pool(threads() - 1);
  static std::mutex busy;
  // Another thread of the process has the helpers: do it alone rather than wait.
  std::unique_lock<std::mutex> mine(busy, std::try_to_lock);
  if (count > 1 && threads() > 1 && mine.owns_lock()) return pool->run(count, task);
  for (int i = 0; i < count; i++) task(i);
}

float* scratch(int slot, size_t floats) {
  constexpr size_t ALIGNED = 64;
  static thread_local std::vector<Slot> slots;
  if (slots.size() <= static_cast<size_t>(slot)) slots.resize(slot + 1);
  Slot& one = slots[slot];
  if (one.floats < floats) {
    one.memory.reset();
    const size_t bytes = (floats * sizeof(float) + ALIGNED - 1) / ALIGNED * ALIGNED;
    one.memory.reset(static_cast<float*>(std::aligned_alloc(ALIGNED, bytes)));
    if (!one.memory) std::abort();
    one.floats = floats;
  }
  return one.memory.get();
}

}  // namespace rxface
