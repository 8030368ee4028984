#include "check.h"

#include <stdio.h>

#include <vector>

namespace check {

std::string goldenFolder;

namespace {

struct Named {
  std::string name;
  Test test;
};

const int MOST_FAILURES = 24;
int failures = 0;

// Tests add themselves before main() runs, in an order that nobody knows.
std::vector<Named> &tests() {
  static std::vector<Named> all;
  return all;
}

std::string nameOf(const std::string &path) {
  const size_t begin = path.rfind('/') + 1;
  return path.substr(begin, path.rfind('.') - begin);
}

}  // namespace

Added::Added(const char *file, const char *name, Test test) { tests().push_back({nameOf(file) + ": " + name, test}); }

void fail(const char *file, int line, const std::string &what) {
  if (failures++ < MOST_FAILURES) printf("  %s:%d: %s\n", file, line, what.c_str());
}

}  // namespace check

int main(int count, char **words) {
  if (count != 2) return 2;
  check::goldenFolder = words[1];
  bool allPassed = true;
  for (const check::Named &named : check::tests()) {
    check::failures = 0;
    named.test();
    printf("%s %s\n", check::failures == 0 ? "ok" : "not ok", named.name.c_str());
    if (check::failures > 0) allPassed = false;
  }
  return allPassed ? 0 : 1;
}
