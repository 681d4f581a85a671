/**
 * Silence while TensorFlow's libraries load.
 *
 * They write to standard error from their static initialisers, before any setting of theirs can be made, and Node cannot
 * exchange a file descriptor. So a second small addon, which links to nothing, holds descriptor 2 back and gives the text out
 * again; should loading kill the process, it prints what it held back first.
 */
export const QUIET_SOURCE = String.raw`
#include <node_api.h>
#include <csignal>
#include <cstdlib>
#include <string>
#include <sys/mman.h>
#include <unistd.h>

static int before = -1, held = -1;
static const int kSignals[] = {SIGABRT, SIGILL, SIGSEGV};

static void restore() {
  dup2(before, 2);
  close(before);
  before = -1;
}

static void died(int signal) {
  char part[4096];
  restore();
  lseek(held, 0, SEEK_SET);
  for (ssize_t n; (n = read(held, part, sizeof part)) > 0;)
    if (write(2, part, n) < 0) break;
  std::signal(signal, SIG_DFL);
  raise(signal);
}

static napi_value Hold(napi_env, napi_callback_info) {
  if (before >= 0 || (held = memfd_create("stderr", 0)) < 0) return nullptr;
  before = dup(2);
  dup2(held, 2);
  for (int s : kSignals) std::signal(s, died);
  return nullptr;
}

static napi_value Release(napi_env env, napi_callback_info) {
  std::string text;
  if (before >= 0) {
    for (int s : kSignals) std::signal(s, SIG_DFL);
    restore();
    char part[4096];
    lseek(held, 0, SEEK_SET);
    for (ssize_t n; (n = read(held, part, sizeof part)) > 0;) text.append(part, n);
    close(held);
  }
  napi_value result;
  napi_create_string_utf8(env, text.data(), text.size(), &result);
  return result;
}

NAPI_MODULE_INIT() {
  napi_value hold, release;
  napi_create_function(env, "hold", NAPI_AUTO_LENGTH, Hold, nullptr, &hold);
  napi_create_function(env, "release", NAPI_AUTO_LENGTH, Release, nullptr, &release);
  napi_set_named_property(env, exports, "hold", hold);
  napi_set_named_property(env, exports, "release", release);
  return exports;
}
`;

/** The addon that QUIET_SOURCE compiles to. */
export interface Quiet {
  hold(): void;
  release(): string;
}

// 'I0000 00:00:...', 'W0000 ...' and the older '2026-01-31 12:00:00.000000: I tensorflow/...'.
const CHATTER = /^(WARNING: All log messages before absl|[IW]\d{4} \d|\d{4}-\d\d-\d\d [\d:.]+: [IW] )/;
// Why CUDA finds no card: told with the engine's reason, in the place of a line at every start.
const NO_DEVICE = /^.*failed call to cuInit: (.*)$/m;

/**
 * Runs `work` with standard error held back, then prints what was no chatter.
 * @return what CUDA said when it found no card; undefined where it said nothing
 */
export function quietly(quiet: Quiet, work: () => void): string | undefined {
  let text = '';
  quiet.hold();
  try {
    work();
  } finally {
    text = quiet.release();
    process.stderr.write(withoutChatter(text));
  }
  return NO_DEVICE.exec(text)?.[1];
}

/** What TensorFlow wrote, without its information, its warnings and the want of a card. */
export function withoutChatter(text: string): string {
  const kept = text.split('\n').filter((line) => !CHATTER.test(line) && !NO_DEVICE.test(line));
  return kept.every((line) => line === '') ? '' : kept.join('\n');
}
