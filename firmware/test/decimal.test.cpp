#include "decimal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"

using namespace fieldline;

namespace {

std::string formatted(float value) {
  char text[NUMBER_SIZE + 8];
  memset(text, '#', sizeof text);
  const uint8_t length = formatNumber(value, text);
  CHECK_EQUAL(strlen(text), (size_t)length);
  CHECK(length < NUMBER_SIZE);
  CHECK_EQUAL(text[NUMBER_SIZE], '#');
  return text;
}

// Whether a text is a number as line protocol and JSON have it.
bool isNumber(const std::string &text) {
  char *end;
  strtod(text.c_str(), &end);
  return !text.empty() && *end == '\0' && text.find_first_not_of("-.e0123456789") == std::string::npos && text.back() != '.';
}

float floatOf(uint32_t bits) {
  float value;
  memcpy(&value, &bits, sizeof value);
  return value;
}

}  // namespace

TEST(numbers_as_people_write_them) {
  const struct {
    float value;
    const char *text;
  } cases[] = {{0, "0"},           {1, "1"},         {-1, "-1"},         {21.5f, "21.5"},        {100, "100"},         {0.1f, "0.1"},
               {123456, "123456"}, {1234567, "1234570"}, {999999.5f, "1000000"}, {0.00001f, "0.00001"}, {0.000001f, "1e-6"},
               {-7.3f, "-7.3"},    {99.9999f, "99.9999"}, {99.99999f, "100"},  {1e9f, "1e9"},         {999999999.0f, "1e9"},
               {3.4028235e38f, "3.40282e38"}, {1e38f, "1e38"}, {-1e-30f, "-1e-30"}, {1e-31f, "0"}, {-1e-40f, "0"}};
  for (const auto &one : cases) CHECK_EQUAL(formatted(one.value), one.text);
}

TEST(what_is_no_number_is_not_written) {
  CHECK_EQUAL(formatted(NAN), "");
  CHECK_EQUAL(formatted(INFINITY), "");
  CHECK_EQUAL(formatted(-INFINITY), "");
}

// Steps through all floats, a prime number of bit patterns at a time.
TEST(six_digits_of_any_float) {
  double worst = 0;
  for (uint64_t bits = 0; bits < 0x100000000; bits += 10007) {
    const float value = floatOf((uint32_t)bits);
    if (!std::isfinite(value)) continue;
    const std::string text = formatted(value);
    CHECK(isNumber(text));
    if (std::fabs(value) < 1e-30f) {
      CHECK_EQUAL(text, "0");
      continue;
    }
    const double back = strtod(text.c_str(), NULL);
    worst = std::max(worst, std::fabs(back - value) / std::fabs(value));
    size_t digits = 0;
    for (const char character : text.substr(0, text.find('e'))) digits += character >= '0' && character <= '9';
    CHECK(digits <= 13);
  }
  // Half of the sixth digit, which for 1.00000 is 5e-6, and a float's own rounding.
  CHECK(worst < 5.4e-6);
}

TEST(sensor_values_are_exact_to_their_steps) {
  for (int sixteenths = -55 * 16; sixteenths <= 125 * 16; sixteenths++) {
    const float value = (float)sixteenths / 16;
    CHECK_NEAR(strtod(formatted(value).c_str(), NULL), value, 0.000501);
  }
  for (int tenths = -400; tenths <= 1250; tenths++) {
    char expected[NUMBER_SIZE];
    snprintf(expected, sizeof expected, "%g", tenths / 10.0);
    CHECK_EQUAL(formatted((float)tenths / 10.0f), expected);
  }
  for (int quarters = 0; quarters <= 4095; quarters++) {
    CHECK_EQUAL(strtod(formatted((float)quarters / 4).c_str(), NULL), quarters / 4.0);
  }
}

TEST(whole_numbers_there_and_back) {
  uint32_t random = 9;
  for (int round = 0; round < 100000; round++) {
    random = random * 1664525 + 1013904223;
    const uint32_t value = random >> (round % 32);
    char text[NUMBER_SIZE];
    formatUnsigned(value, text);
    CHECK_EQUAL(std::string(text), std::to_string(value));
    uint32_t back = 0;
    CHECK(parseUnsigned(text, &back));
    CHECK_EQUAL(back, value);
  }
  uint32_t value = 5;
  CHECK(parseUnsigned("4294967295", &value));
  CHECK_EQUAL(value, 4294967295u);
  for (const char *text : {"", "4294967296", "42949672950", "99999999999", "-1", "+1", "1 ", "1.0", "0x1", "a"}) {
    CHECK(!parseUnsigned(text, &value));
  }
  CHECK_EQUAL(value, 4294967295u);
}

TEST(numbers_are_read_as_they_are_meant) {
  const char *texts[] = {"0", "-0", "1", "-12.5", "10000", "1e-3", "3950", "0.000001", ".5", "5.", "1e37", "3.3e-37", "123456789", "1234567890123",
                         "0.1234567890123", "-273.15", "4.7e3", "100000.000", "00012"};
  for (const char *text : texts) {
    float value = 99;
    CHECK(parseNumber(text, &value));
    const double exact = strtod(text, NULL);
    CHECK_NEAR(value, exact, std::fabs(exact) * 3e-6);
  }
  float value = 7;
  for (const char *text : {"", "-", ".", "e5", "1e", "1e-", "1e38", "1e99", "nan", "inf", "1,5", "1.2.3", "--1", "+1", " 1", "1 ", "1e1.5", "0x10"}) {
    CHECK(!parseNumber(text, &value));
  }
  CHECK_EQUAL(value, 7.0f);
}

TEST(what_is_written_is_read_back) {
  for (uint64_t bits = 0; bits < 0x100000000; bits += 100003) {
    const float value = floatOf((uint32_t)bits);
    if (!std::isfinite(value) || std::fabs(value) < 1e-30f || std::fabs(value) > 1e37f) continue;
    float back = 0;
    CHECK(parseNumber(formatted(value).c_str(), &back));
    CHECK_NEAR(back, value, std::fabs(value) * 9e-6);
  }
}
