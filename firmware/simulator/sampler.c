#include "sampler.h"

#include <stdbool.h>

#define STOP_BIT 9

// The level of a bit of the byte on the line: the start bit is 0, the stop bit 1, and then the line is idle, which is 1.
static bool levelOf(uint8_t byte, double bit) {
  if (bit < 1) return false;
  return bit >= STOP_BIT || (byte >> ((int)bit - 1) & 1);
}

int sampleByte(struct Sampler *sampler, uint8_t byte, double start, uint32_t senderBaud, uint32_t receiverBaud, uint8_t *bytes) {
  if (senderBaud == 0 || receiverBaud == 0) return 0;
  const double ratio = (double)senderBaud / receiverBaud;
  int count = 0;
  for (int edge = 0; edge < STOP_BIT; edge++) {
    const bool falls = !levelOf(byte, edge) && (edge == 0 || levelOf(byte, edge - 1));
    const double time = start + (double)edge / senderBaud;
    if (!falls || time < sampler->freeAt) continue;
    uint8_t sampled = 0;
    for (int bit = 0; bit < 8; bit++) sampled |= (uint8_t)(levelOf(byte, edge + (bit + 1.5) * ratio) << bit);
    bytes[count++] = sampled;
    sampler->freeAt = time + (STOP_BIT + 0.5) / receiverBaud;
  }
  return count;
}
