// The little that tests need: TEST(name) { CHECK(...); }. The program runs them all and prints a line for each.
#pragma once

#include <cmath>
#include <sstream>
#include <string>

namespace check {

typedef void (*Test)();

// Adds a test to those that run.
struct Added {
  Added(const char *file, const char *name, Test test);
};

// Says that the running test fails; after some dozen it says no more.
void fail(const char *file, int line, const std::string &what);

template <typename Left, typename Right>
void equal(const char *file, int line, const char *text, const Left &left, const Right &right) {
  if (left == right) return;
  std::ostringstream what;
  what << text << ": " << left << " is not " << right;
  fail(file, line, what.str());
}

inline void near(const char *file, int line, const char *text, double left, double right, double by) {
  if (std::fabs(left - right) <= by) return;
  std::ostringstream what;
  what << text << ": " << left << " is not within " << by << " of " << right;
  fail(file, line, what.str());
}

// The folder of the golden frames.
extern std::string goldenFolder;

}  // namespace check

#define TEST(name)                                                   \
  static void name();                                                \
  static const check::Added added_##name(__FILE__, #name, name);     \
  static void name()

#define CHECK(condition) \
  if (!(condition)) check::fail(__FILE__, __LINE__, #condition)
#define CHECK_EQUAL(left, right) check::equal(__FILE__, __LINE__, #left, left, right)
#define CHECK_NEAR(left, right, by) check::near(__FILE__, __LINE__, #left, left, right, by)
