// The samples of one reading, and what is made of them.
#pragma once

#include <stdint.h>

namespace fieldline {

// One millisecond apart, 20 are a period of 50 Hz mains and a mean over them is blind to its hum.
const uint8_t MOST_SAMPLES = 25;

class Samples {
 public:
  void clear() { count = 0; }

  // Takes one more; when there are MOST_SAMPLES already it is left out.
  void add(uint16_t sample) {
    if (count < MOST_SAMPLES) samples[count++] = sample;
  }

  uint8_t size() const { return count; }

  // 0 when there are none.
  float mean() const {
    uint32_t sum = 0;
    for (uint8_t index = 0; index < count; index++) sum += samples[index];
    return count == 0 ? 0 : (float)sum / count;
  }

  // The middle one, or the mean of the two in the middle; 0 when there are none. Leaves the samples sorted.
  float median() {
    if (count == 0) return 0;
    for (uint8_t index = 1; index < count; index++) {
      const uint16_t sample = samples[index];
      uint8_t place = index;
      for (; place > 0 && samples[place - 1] > sample; place--) samples[place] = samples[place - 1];
      samples[place] = sample;
    }
    const uint16_t upper = samples[count / 2];
    return count % 2 == 1 ? upper : ((float)samples[count / 2 - 1] + upper) / 2;
  }

 private:
  uint16_t samples[MOST_SAMPLES];
  uint8_t count = 0;
};

}  // namespace fieldline
