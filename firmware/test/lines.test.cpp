// What the board sends, against the golden frames.

#include "lines.h"

#include <stdlib.h>
#include <string.h>

#include "channel_text.h"
#include "check.h"
#include "golden.h"
#include "wire_reader.h"

using namespace fieldline;

namespace {

struct Text {
  std::string bytes;
  void write(char character) { bytes += character; }
};

uint32_t wholeOf(const std::string &text) { return (uint32_t)strtoul(text.c_str(), NULL, 10); }

Channel channelOf(std::string settings) {
  Channel channel;
  CHECK(!parseChannel(&settings[0], &channel).any());
  return channel;
}

HeldReading readingOf(const GoldenFrame &frame, const Channel &channel) {
  HeldReading reading = HeldReading();
  if (traitsOf(channel.kind) & WHOLE) {
    reading.values[0].whole = wholeOf(frame.at("value"));
  } else {
    reading.values[0].real = strtof(frame.at("value").c_str(), NULL);
  }
  if (frame.has("second_value")) reading.values[1].real = strtof(frame.at("second_value").c_str(), NULL);
  return reading;
}

std::string joined(const std::vector<uint32_t> &numbers) {
  std::string text;
  for (const uint32_t number : numbers) text += (text.empty() ? "" : " ") + std::to_string(number);
  return text;
}

}  // namespace

TEST(groups) {
  for (const GoldenFrame &frame : goldenFrames("groups")) {
    Text text;
    FrameWriter<Text> writer(text);
    const Channel channel = channelOf(frame.at("channel"));
    putGroup(writer, channel, readingOf(frame, channel), frame.at("mark")[0], wholeOf(frame.at("sequence")),
             wholeOf(frame.at("time")));
    CHECK_EQUAL(text.bytes, frame.at("bytes"));
  }
}

TEST(failures) {
  const std::string reasons[] = {"none", "absent", "open", "short", "checksum", "range"};
  for (const GoldenFrame &frame : goldenFrames("failures")) {
    Text text;
    FrameWriter<Text> writer(text);
    for (uint8_t failure = 1; failure < 6; failure++) {
      if (reasons[failure] == frame.at("reason")) putFailure(writer, (uint8_t)wholeOf(frame.at("channel")), (Failure)failure);
    }
    CHECK_EQUAL(text.bytes, frame.at("bytes"));
  }
}

TEST(banners_and_answers) {
  for (const char *file : {"banners", "answers"}) {
    for (const GoldenFrame &frame : goldenFrames(file)) {
      const std::string &bytes = frame.at("bytes");
      Text text;
      FrameWriter<Text> writer(text);
      writer.putP(bytes.substr(0, bytes.size() - 6).c_str());
      writer.close();
      CHECK_EQUAL(text.bytes, bytes);
    }
  }
}

TEST(kinds_are_those_of_the_answer) {
  std::string kinds = "kinds";
  for (uint8_t index = 1; index < KIND_COUNT; index++) kinds += std::string(" ") + infoOf((Kind)index).name;
  CHECK_EQUAL(kinds, goldenFrames("answers").back().at("answer"));
}

TEST(identities) {
  Text text;
  FrameWriter<Text> writer(text);
  writer.putHex(0x5EED1234);
  writer.putHex(0);
  CHECK_EQUAL(text.bytes, "5EED123400000000");
}

TEST(damage_is_seen) {
  for (const GoldenFrame &frame : goldenFrames("damaged")) {
    const Wire wire = readWire(frame.at("bytes"));
    CHECK_EQUAL(frame.title + ": " + joined(wire.passed), frame.title + ": " + frame.at("passes"));
    CHECK_EQUAL(frame.title + ": " + std::to_string(wire.damaged), frame.title + ": " + frame.at("damaged"));
  }
}

// Three groups, and every way to flip one bit or two of the one in the middle or of the line end before it.
TEST(no_two_flips_pass) {
  const std::string first = goldenFrames("groups")[0].at("bytes"), second = goldenFrames("groups")[1].at("bytes");
  const std::string sent = first + second + first;
  const size_t begin = 8 * (first.size() - 1), end = 8 * (first.size() + second.size());
  unsigned passed = 0;
  for (size_t one = begin; one < end; one++) {
    std::string once = sent;
    once[one / 8] = (char)(once[one / 8] ^ (1 << one % 8));
    for (size_t two = one; two < end; two++) {
      std::string damaged = once;
      if (two != one) damaged[two / 8] = (char)(damaged[two / 8] ^ (1 << two % 8));
      for (const std::string &group : readWire(damaged).groups) {
        if (group != first.substr(0, first.size() - 1)) passed++;
      }
    }
  }
  CHECK_EQUAL(passed, 0u);
}
