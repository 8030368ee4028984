#include "debounce.h"

#include "check.h"

using namespace fieldline;

namespace {

const uint8_t HOLD = 20;

// Feeds one level for some milliseconds; returns how often the state changed.
int feed(Debounced *button, bool level, int milliseconds, uint16_t *now) {
  int changes = 0;
  for (int count = 0; count < milliseconds; count++) changes += button->take(level, ++*now, HOLD);
  return changes;
}

}  // namespace

TEST(a_change_counts_once_it_has_held) {
  Debounced button = Debounced();
  uint16_t now = 0;
  CHECK_EQUAL(feed(&button, false, 100, &now), 0);
  CHECK_EQUAL(feed(&button, true, HOLD - 1, &now), 0);
  CHECK_EQUAL(feed(&button, true, 1, &now), 1);
  CHECK(button.state);
  CHECK_EQUAL(feed(&button, true, 500, &now), 0);
  CHECK_EQUAL(feed(&button, false, HOLD, &now), 1);
  CHECK(!button.state);
}

TEST(bouncing_is_one_change) {
  Debounced button = Debounced();
  uint16_t now = 0;
  feed(&button, false, 50, &now);
  int changes = 0;
  for (int bounce = 1; bounce < 10; bounce++) {
    changes += feed(&button, true, bounce, &now);
    changes += feed(&button, false, 1, &now);
  }
  CHECK_EQUAL(changes, 0);
  CHECK_EQUAL(feed(&button, true, 30, &now), 1);
}

TEST(a_spike_is_none) {
  Debounced button = Debounced();
  uint16_t now = 0;
  feed(&button, false, 50, &now);
  for (int spike = 0; spike < 100; spike++) CHECK_EQUAL(feed(&button, true, HOLD - 1, &now) + feed(&button, false, 1, &now), 0);
}

TEST(times_wrap) {
  Debounced button = Debounced();
  uint16_t now = 65530;
  feed(&button, false, 1, &now);
  CHECK_EQUAL(feed(&button, true, HOLD - 1, &now), 0);
  CHECK_EQUAL(feed(&button, true, 1, &now), 1);
}

TEST(without_a_time_each_change_counts) {
  Debounced button = Debounced();
  CHECK(button.take(true, 5, 0));
  CHECK(button.take(false, 5, 0));
}
