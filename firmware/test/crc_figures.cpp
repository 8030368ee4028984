// Computes what the checksum of the wire can and cannot see, and prints it in the words of PROTOCOL.md, a figure a line.
// All of it follows from the code being linear: a damage is missed when the bits that it flips have checksums that cancel.

#include <math.h>
#include <stdint.h>
#include <stdio.h>

#include <vector>

#include "channel.h"
#include "crc16.h"
#include "decimal.h"

using namespace fieldline;

namespace {

const unsigned LONGEST_NUMBER = sizeof "-0.0000123456" - 1;
const unsigned LONGEST_WHOLE = sizeof "4294967295" - 1;

// Bytes under the checksum of the longest group: a line with two values, its end, the closing line up to its checksum.
const unsigned LONGEST_COVERED = (NAME_SIZE - 1) + sizeof " temp_c=" - 1 + LONGEST_NUMBER + sizeof ",humidity_pct=" - 1 + LONGEST_NUMBER +
                                 sizeof "\n#~" - 1 + LONGEST_WHOLE + sizeof " " - 1 + LONGEST_WHOLE;

// What each bit changes in the checksum that is computed, or for the checksum's own bits in the one that is received; in the order of
// the wire. A byte is sent with its low bit first.
std::vector<uint16_t> syndromesOf(unsigned covered) {
  std::vector<uint16_t> syndromes;
  for (unsigned byte = 0; byte < covered; byte++) {
    for (unsigned bit = 0; bit < 8; bit++) {
      uint16_t crc = crc16Add(0, (uint8_t)(1 << bit));
      for (unsigned rest = byte + 1; rest < covered; rest++) crc = crc16Add(crc, 0);
      syndromes.push_back(crc);
    }
  }
  for (unsigned character = 0; character < 4; character++) {
    for (unsigned bit = 0; bit < 4; bit++) syndromes.push_back((uint16_t)(1 << (12 - 4 * character + bit)));
  }
  return syndromes;
}

// How many flips of one, two or three bits are missed.
unsigned long missedUpToThree(const std::vector<uint16_t> &syndromes) {
  std::vector<unsigned> seen(65536, 0);
  for (const uint16_t syndrome : syndromes) seen[syndrome]++;
  unsigned long missed = seen[0];
  for (size_t first = 0; first < syndromes.size(); first++) {
    for (size_t second = first + 1; second < syndromes.size(); second++) {
      const uint16_t both = syndromes[first] ^ syndromes[second];
      missed += (both == 0) + seen[both];
    }
  }
  return missed;
}

// How many flips of four bits are missed: pairs that cancel another pair. Each four is found as three pairs of pairs.
unsigned long long missedFours(const std::vector<uint16_t> &syndromes) {
  std::vector<unsigned long long> pairs(65536, 0);
  for (size_t first = 0; first < syndromes.size(); first++) {
    for (size_t second = first + 1; second < syndromes.size(); second++) pairs[syndromes[first] ^ syndromes[second]]++;
  }
  unsigned long long pairsOfPairs = 0;
  for (const unsigned long long count : pairs) pairsOfPairs += count * (count - 1) / 2;
  return pairsOfPairs / 3;
}

// Whether each bit changes an odd number of the checksum's: then an odd number of flips never cancels.
bool oddIsSeen(const std::vector<uint16_t> &syndromes) {
  for (const uint16_t syndrome : syndromes) {
    if (!__builtin_parity(syndrome)) return false;
  }
  return true;
}

double foursOf(double bits) { return bits * (bits - 1) * (bits - 2) * (bits - 3) / 24; }

// The chance that a frame is damaged and passes, when each bit flips with this chance: exact, from the weights of the dual code
// (MacWilliams; MacWilliams and Sloane, The Theory of Error-Correcting Codes, chapter 5).
double chanceToPass(const std::vector<uint16_t> &syndromes, double bitErrorRate) {
  std::vector<long double> weights(syndromes.size() + 1, 0);
  for (unsigned word = 0; word < 65536; word++) {
    unsigned weight = 0;
    for (const uint16_t syndrome : syndromes) weight += (unsigned)__builtin_parity(word & syndrome);
    weights[weight]++;
  }
  long double cancelled = 0;
  for (size_t weight = 0; weight < weights.size(); weight++) {
    cancelled += weights[weight] * powl(1 - 2 * (long double)bitErrorRate, (long double)weight);
  }
  return (double)(cancelled / 65536 - powl(1 - (long double)bitErrorRate, (long double)syndromes.size()));
}

// How many bursts, first and last bit flipped and any between, of up to 16 bits of the text are missed. In the text, the space before
// the checksum and the upper halves of its characters are fixed: a flip there is always seen.
unsigned long missedBursts(unsigned covered) {
  const std::vector<uint16_t> syndromes = syndromesOf(covered);
  std::vector<int32_t> text;
  for (size_t bit = 0; bit < 8 * covered; bit++) text.push_back(syndromes[bit]);
  for (unsigned bit = 0; bit < 8; bit++) text.push_back(-1);
  for (size_t bit = 8 * covered; bit < syndromes.size(); bit++) {
    text.push_back(syndromes[bit]);
    if (bit % 4 == 3) text.insert(text.end(), 4, -1);
  }
  unsigned long missed = 0;
  for (size_t first = 0; first < text.size(); first++) {
    // By the reflected binary code one bit changes from each pattern to the next.
    uint16_t syndrome = (uint16_t)(text[first] < 0 ? 0 : text[first]);
    unsigned seen = text[first] < 0;
    for (unsigned pattern = 0;; pattern++) {
      missed += seen == 0 && syndrome == 0;
      const unsigned turned = (unsigned)__builtin_ctz(pattern + 1);
      if (turned == 15) break;
      const size_t bit = first + 1 + turned;
      if (bit >= text.size()) continue;
      const bool now = ((pattern + 1) ^ ((pattern + 1) >> 1)) >> turned & 1;
      if (text[bit] < 0) {
        seen = now ? seen + 1 : seen - 1;
      } else {
        syndrome ^= (uint16_t)text[bit];
      }
    }
  }
  return missed;
}

// Up to how many covered bytes no flip of two bits is missed, and so, with the odd ones, none of three.
unsigned reachOfThree() {
  std::vector<bool> seen(65536, false);
  for (unsigned bit = 0; bit < 16; bit++) seen[1u << bit] = true;
  unsigned bits = 0;
  uint16_t crc = 0;
  for (unsigned byte = 0;; byte++) {
    for (int bit = 7; bit >= 0; bit--) {
      crc = crc16Add(0, (uint8_t)(1 << bit));
      for (unsigned rest = 0; rest < byte; rest++) crc = crc16Add(crc, 0);
      if (seen[crc]) return bits / 8;
      seen[crc] = true;
      bits++;
    }
  }
}

}  // namespace

int main() {
  const std::vector<uint16_t> longest = syndromesOf(LONGEST_COVERED);
  const unsigned long long fours = missedFours(longest);
  printf("longest group: %u bytes under the checksum, %zu bits with it\n", LONGEST_COVERED, longest.size());
  printf("flips of 1, 2 and 3 bits that are missed: %lu\n", missedUpToThree(longest));
  printf("flips of an odd number of bits that are missed: %s\n", oddIsSeen(longest) ? "0" : "some");
  printf("flips of 4 bits that are missed: %llu of %.0f, 1 in %.0f\n", fours, foursOf((double)longest.size()),
         foursOf((double)longest.size()) / (double)fours);
  printf("bursts of up to 16 bits that are missed: %lu\n", missedBursts(LONGEST_COVERED));
  printf("all flips of up to 3 bits are seen up to: %u bytes\n", reachOfThree());
  for (const double rate : {1e-2, 1e-3, 1e-4, 1e-5}) {
    printf("bit error rate %.0e: damaged %.2g, missed %.1e\n", rate, 1 - pow(1 - rate, (double)longest.size()), chanceToPass(longest, rate));
  }
  return 0;
}
