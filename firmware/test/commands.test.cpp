// What the host sends, against the golden frames.

#include <string.h>

#include "channel_text.h"
#include "check.h"
#include "golden.h"
#include "line_reader.h"

using namespace fieldline;

namespace {

typedef LineReader<192> Reader;

// The commands that these bytes make, without their line ends.
std::vector<std::string> read(Reader *reader, const std::string &bytes) {
  std::vector<std::string> commands;
  for (const char byte : bytes) {
    if (reader->take(byte)) commands.push_back(reader->text());
  }
  return commands;
}

// The answer to a command, as far as it depends neither on the board's state nor on its pins.
std::string answerTo(std::string command) {
  if (!checkCommand(&command[0])) return "error command crc";
  char *rest = &command[1];
  const std::string name = nextWord(&rest);
  if (name != "channel") return name;
  const char *number = nextWord(&rest);
  uint32_t index;
  if (number == NULL || !parseUnsigned(number, &index) || index > 11) return "error channel number";
  Channel channel;
  const Wrong wrong = parseChannel(rest, &channel);
  if (!wrong.any()) return "ok channel";
  return std::string("error channel ") + (wrong.word != NULL ? wrong.word : wrong.reason);
}

Channel parsed(std::string settings, bool good = true) {
  Channel channel;
  CHECK_EQUAL(!parseChannel(&settings[0], &channel).any(), good);
  return channel;
}

}  // namespace

TEST(golden_commands) {
  for (const GoldenFrame &frame : goldenFrames("commands")) {
    Reader reader;
    const std::vector<std::string> commands = read(&reader, frame.at("bytes"));
    const std::string &answer = frame.at("answer");
    CHECK_EQUAL(commands.size(), answer == "none" ? 0u : 1u);
    if (commands.empty()) continue;
    const bool ofChannel = answer.find(" channel") != std::string::npos;
    if (ofChannel || answer == "error command crc") CHECK_EQUAL(frame.title + ": " + answerTo(commands[0]), frame.title + ": " + answer);
    if (!frame.has("words")) continue;
    std::string command = commands[0];
    CHECK(checkCommand(&command[0]));
    CHECK_EQUAL(std::string(command.c_str()), "!" + frame.at("words"));
  }
}

TEST(a_reader_goes_on_after_anything) {
  Reader reader;
  CHECK_EQUAL(read(&reader, std::string("\n\nnoise\n!") + std::string(190, 'a') + "\n").size(), 1u);
  CHECK_EQUAL(read(&reader, std::string("!") + std::string(191, 'a') + "!b\n").size(), 0u);
  CHECK_EQUAL(read(&reader, std::string(100000, '!') + "\n!c\n").size(), 1u);
  CHECK_EQUAL(read(&reader, "!d\n!e\n").size(), 2u);
}

TEST(any_bytes_are_read_without_harm) {
  uint32_t random = 7;
  Reader reader;
  for (int round = 0; round < 200000; round++) {
    random = random * 1664525 + 1013904223;
    const char *likely = "!*\n =#@OA0-.e";
    const char byte = random >> 31 ? likely[(random >> 16) % 13] : (char)(random >> 8);
    if (!reader.take(byte)) continue;
    CHECK(strlen(reader.text()) < 192);
    if (checkCommand(reader.text())) continue;
    Channel channel;
    parseChannel(reader.text(), &channel);
  }
}

TEST(words) {
  char text[] = "one two  three";
  char *rest = text;
  CHECK_EQUAL(std::string(nextWord(&rest)), "one");
  CHECK_EQUAL(std::string(nextWord(&rest)), "two");
  CHECK_EQUAL(std::string(nextWord(&rest)), "");
  CHECK_EQUAL(std::string(nextWord(&rest)), "three");
  CHECK(nextWord(&rest) == NULL);
  CHECK(nextWord(&rest) == NULL);
}

TEST(settings_of_a_thermistor) {
  const Channel channel = parsed("kind=ntc pin=A5 every=2000 name=meat,probe=brisket median=7 scale=1.8 offset=32 deadband=0.1");
  CHECK(channel.kind == Kind::NTC);
  CHECK_EQUAL((int)channel.pin, 0x85);
  CHECK_EQUAL(channel.every, 2000u);
  CHECK_EQUAL((int)channel.samples, 7);
  CHECK_EQUAL((int)channel.flags, (int)(MEDIAN | ON_CHANGE));
  CHECK_EQUAL(channel.scale, 1.8f);
  CHECK_EQUAL(channel.offset, 32.0f);
  CHECK_EQUAL(channel.deadband, 0.1f);
  CHECK_EQUAL(channel.heartbeat, 60000u);
  CHECK_EQUAL(std::string(channel.name), "meat,probe=brisket");
}

TEST(settings_of_a_thermistor_as_beta_or_three_coefficients) {
  const Channel usual = parsed("kind=ntc pin=A0 name=a");
  CHECK_NEAR(usual.thermistor.a, 1 / 298.15, 1e-9);
  CHECK_NEAR(usual.thermistor.b, 1 / 3950.0, 1e-9);
  CHECK_EQUAL(usual.thermistor.c, 0.0f);
  const Channel large = parsed("kind=ntc pin=A0 name=a r0=100000 series=10000 beta=4000");
  CHECK_NEAR(large.thermistor.a, 1 / 298.15 - std::log(10) / 4000, 1e-8);
  const Channel fitted = parsed("kind=ntc pin=A0 name=a a=3.354016e-3 b=2.573345e-4 c=2.576377e-6");
  CHECK_NEAR(fitted.thermistor.a, 3.354016e-3, 1e-9);
  CHECK_NEAR(fitted.thermistor.b, 2.573345e-4, 1e-10);
  CHECK_NEAR(fitted.thermistor.c, 2.576377e-6, 1e-12);
}

TEST(settings_of_the_others) {
  const Channel button = parsed("kind=button pin=3 name=b");
  CHECK_EQUAL((int)button.flags, (int)(PULLUP | ON_CHANGE));
  CHECK_EQUAL((int)button.debounce, 20);
  CHECK_EQUAL((int)parsed("kind=button pin=3 name=b pullup=0").flags, (int)ON_CHANGE);
  CHECK_EQUAL(parsed("kind=supply name=s").reference, 1.1f);
  CHECK_EQUAL(parsed("kind=voltage name=s pin=A0").reference, 5.0f);
  const Channel distance = parsed("kind=distance pin=7 echo=A2 name=d");
  CHECK_EQUAL((int)distance.pin, 7);
  CHECK_EQUAL((int)distance.echo, 0x82);
  const Channel pond = parsed("kind=ds18b20 pin=4 rom=28FF641E0316032B name=p");
  CHECK_EQUAL((int)pond.rom[0], 0x28);
  CHECK_EQUAL((int)pond.rom[7], 0x2B);
  CHECK(pond.flags & HAS_ADDRESS);
}

TEST(names) {
  CHECK_EQUAL(std::string(parsed("kind=memory name=a23456789012345678901234567890b").name), "a23456789012345678901234567890b");
  for (const char *name : {"", "#a", "!a", ",a", "a\tb", "a\x7F", "a23456789012345678901234567890bc"}) {
    parsed(std::string("kind=memory name=") + name, false);
  }
}

TEST(records) {
  Channel channel = parsed("kind=ntc pin=A0 name=a");
  channel.check = checkOf(channel);
  CHECK(isWhole(channel));
  uint8_t *bytes = (uint8_t *)&channel;
  for (size_t bit = 0; bit < 8 * sizeof channel; bit++) {
    bytes[bit / 8] = (uint8_t)(bytes[bit / 8] ^ (1 << bit % 8));
    if (bit / 8 < offsetof(Channel, check) + 2) CHECK(!isWhole(channel));
    bytes[bit / 8] = (uint8_t)(bytes[bit / 8] ^ (1 << bit % 8));
  }
  memset(&channel, 0xFF, sizeof channel);
  CHECK(!isWhole(channel));
  memset(&channel, 0, sizeof channel);
  CHECK(!isWhole(channel));
}
