#include "kept_count.h"

#include <string.h>

#include "check.h"

using namespace fieldline;

TEST(a_count_that_a_reset_has_cut_is_told) {
  KeptCount count;
  for (const uint32_t value : {0u, 1u, 255u, 256u, 65535u, 4294967295u}) {
    count.set(value);
    CHECK(count.isWhole());
    CHECK_EQUAL(count.get(), value);
    uint8_t before[sizeof count], after[sizeof count];
    memcpy(before, (const void *)&count, sizeof count);
    count.set(value + 1);
    memcpy(after, (const void *)&count, sizeof count);
    // Byte after byte, as an 8-bit chip writes it.
    for (size_t written = 1; written < sizeof count; written++) {
      memcpy((void *)&count, before, sizeof count);
      memcpy((void *)&count, after, written);
      CHECK(!count.isWhole() || count.get() == value || count.get() == value + 1);
    }
  }
}

TEST(any_flipped_bit_of_a_count_is_told) {
  KeptCount count;
  count.set(123456789);
  for (size_t bit = 0; bit < 8 * sizeof count; bit++) {
    uint8_t *const byte = (uint8_t *)&count + bit / 8;
    *byte = (uint8_t)(*byte ^ (1 << bit % 8));
    CHECK(!count.isWhole());
    *byte = (uint8_t)(*byte ^ (1 << bit % 8));
  }
  memset((void *)&count, 0xA5, sizeof count);
  CHECK(!count.isWhole());
}
