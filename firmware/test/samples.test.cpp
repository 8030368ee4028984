#include "samples.h"

#include <algorithm>
#include <vector>

#include "check.h"

using namespace fieldline;

TEST(mean_and_median_of_anything) {
  uint32_t random = 3;
  for (int round = 0; round < 2000; round++) {
    std::vector<uint16_t> taken;
    Samples samples;
    samples.clear();
    const unsigned count = 1 + round % MOST_SAMPLES;
    for (unsigned index = 0; index < count; index++) {
      random = random * 1664525 + 1013904223;
      taken.push_back((uint16_t)(random >> 22));
      samples.add(taken.back());
    }
    double sum = 0;
    for (const uint16_t sample : taken) sum += sample;
    CHECK_NEAR(samples.mean(), sum / count, 1e-3);
    std::sort(taken.begin(), taken.end());
    CHECK_NEAR(samples.median(), (taken[(count - 1) / 2] + taken[count / 2]) / 2.0, 1e-6);
    CHECK_NEAR(samples.mean(), sum / count, 1e-3);
  }
}

TEST(a_median_leaves_outliers_out) {
  Samples samples;
  const uint16_t taken[] = {500, 501, 1023, 499, 0};
  for (const uint16_t sample : taken) samples.add(sample);
  CHECK_EQUAL(samples.median(), 500.0f);
}

// 20 samples a millisecond apart are a period of 50 Hz.
TEST(a_mean_over_a_period_is_blind_to_hum) {
  for (int phase = 0; phase < 20; phase++) {
    Samples samples;
    for (int index = 0; index < 20; index++) {
      samples.add((uint16_t)std::lround(500 + 100 * std::sin(2 * M_PI * (index / 20.0 + phase / 77.0))));
    }
    CHECK_NEAR(samples.mean(), 500, 0.2);
  }
}

TEST(no_more_than_fit) {
  Samples samples;
  for (int index = 0; index < 100; index++) samples.add(7);
  CHECK_EQUAL((int)samples.size(), (int)MOST_SAMPLES);
  CHECK_EQUAL(samples.mean(), 7.0f);
  samples.clear();
  CHECK_EQUAL((int)samples.size(), 0);
  CHECK_EQUAL(samples.mean(), 0.0f);
  CHECK_EQUAL(samples.median(), 0.0f);
}
