// The commands of the host. Each gets one answer, also one that is refused.

#include "Fieldline.h"
#include "kept.h"
#include "parts/channel_text.h"
#include "pins.h"
#include "store.h"

namespace fieldline {
namespace {

// Reads the eight digits of an id or of a configuration's hash; 0 is no such number.
bool parseHex(const char *text, uint32_t *value) {
  uint32_t number = 0;
  uint8_t length = 0;
  for (; text[length] != '\0'; length++) {
    const char digit = text[length];
    const bool letter = digit >= 'A' && digit <= 'F';
    if (length == 8 || (!letter && (digit < '0' || digit > '9'))) return false;
    number = number << 4 | (uint8_t)(letter ? digit - 'A' + 10 : digit - '0');
  }
  *value = number;
  return length == 8 && number != 0;
}

// A sequence number as the only word.
bool parseSequence(char *rest, uint32_t *sequence) {
  const char *word = nextWord(&rest);
  return word != NULL && rest == NULL && parseUnsigned(word, sequence);
}

}  // namespace

// Answers the command that has come; false when there is none.
bool Board::receive() {
  listen();
  char *const command = receivedCommand();
  if (command == NULL) return false;
  obey(command);
  dropCommand();
  return true;
}

void Board::obey(char *line) {
  if (!checkCommand(line)) return sayError(PSTR("command"), PSTR("crc"));
  char *rest = line + 1;
  const char *command = nextWord(&rest);
  const auto is = [command](const char *name) { return strcmp_P(command, name) == 0; };
  if (is(PSTR("info"))) return sayBanner();
  if (is(PSTR("kinds"))) return sayKinds();
  if (is(PSTR("channel"))) return obeyChannel(rest);
  if (is(PSTR("clear"))) return obeyClear();
  if (is(PSTR("keep"))) return obeyKeep(rest);
  if (is(PSTR("id"))) return obeyId(rest);
  if (is(PSTR("ack"))) return obeyAck(rest);
  if (is(PSTR("again"))) return obeyAgain(rest);
  sayError(PSTR("command"), PSTR("unknown"));
}

void Board::obeyChannel(char *rest) {
  const char *word = nextWord(&rest);
  uint32_t number = 0;
  if (word == NULL || !parseUnsigned(word, &number) || number >= CHANNELS) {
    return sayError(PSTR("channel"), PSTR("number"));
  }
  const uint8_t index = (uint8_t)number;
  Channel channel;
  Wrong wrong = parseChannel(rest, &channel);
  if (!wrong.any()) wrong.reason = wrongPinOf(channel);
  if (wrong.any()) return sayWrong(wrong);
  Channel before;
  if (loadChannel(index, &before) && isSame(before, channel)) return sayOk(PSTR("channel"));
  // Held readings are written by their channel's record, which is another now.
  kept.held.forgetChannel(index);
  storeConfiguration(0);
  release(before);
  storeChannel(index, &channel);
  startChannel(index);
  setUpPins();
  sayOk(PSTR("channel"));
}

void Board::obeyClear() {
  kept.held.clear();
  storeConfiguration(0);
  for (uint8_t index = 0; index < CHANNELS; index++) {
    releasePins(index);
    eraseChannel(index);
  }
  startChannels();
  sayOk(PSTR("clear"));
}

void Board::obeyKeep(char *rest) {
  uint32_t hash = 0;
  if (rest == NULL || !parseHex(rest, &hash)) return sayError(PSTR("keep"), PSTR("number"));
  storeConfiguration(hash);
  sayOk(PSTR("keep"));
}

void Board::obeyId(char *rest) {
  uint32_t id = 0;
  if (rest == NULL || !parseHex(rest, &id)) return sayError(PSTR("id"), PSTR("number"));
  if (storedId() != 0) return sayError(PSTR("id"), PSTR("taken"));
  storeId(id);
  sayOk(PSTR("id"));
}

void Board::obeyAck(char *rest) {
  uint32_t sequence = 0;
  if (!parseSequence(rest, &sequence)) return sayError(PSTR("ack"), PSTR("number"));
  kept.held.acknowledge(sequence);
  sayOk(PSTR("ack"));
}

void Board::obeyAgain(char *rest) {
  uint32_t sequence = 0;
  if (!parseSequence(rest, &sequence)) return sayError(PSTR("again"), PSTR("number"));
  // Of those that were before the first that is held, none is left; one that is to come is none.
  const int32_t left = (int32_t)(kept.held.next() - sequence);
  againLeft = left < 0 ? 0 : left < kept.held.count() ? (uint8_t)left : kept.held.count();
  again = kept.held.next() - againLeft;
  sayOk(PSTR("again"));
}

void Board::sayBanner() {
  frame.putP(PSTR("#!fieldline 1 fw=" FIELDLINE_VERSION " board=" FIELDLINE_BOARD " id="));
  frame.putHex(storedId());
  frame.putP(PSTR(" config="));
  frame.putHex(storedConfiguration());
  frame.putP(PSTR(" epoch="));
  frame.putUnsigned(coldStarts());
  frame.putP(PSTR(" next="));
  frame.putUnsigned(kept.held.next());
  frame.putP(PSTR(" held="));
  frame.putUnsigned(kept.held.count());
  frame.putP(PSTR(" channels="));
  frame.putUnsigned(CHANNELS);
  frame.putP(PSTR(" clock="));
  frame.putUnsigned(millis());
  frame.close();
}

void Board::sayKinds() {
  frame.putP(PSTR("#!kinds"));
  for (uint8_t index = 1; index < KIND_COUNT; index++) {
    frame.put(' ');
    frame.put(infoOf((Kind)index).name);
  }
  frame.close();
}

// `command` is in flash.
void Board::sayOk(const char *command) {
  frame.putP(PSTR("#!ok "));
  frame.putP(command);
  frame.close();
}

// Both are in flash.
void Board::sayError(const char *command, const char *reason) {
  frame.putP(PSTR("#!error "));
  frame.putP(command);
  frame.put(' ');
  frame.putP(reason);
  frame.close();
}

void Board::sayWrong(const Wrong &wrong) {
  if (wrong.reason != NULL) return sayError(PSTR("channel"), wrong.reason);
  frame.putP(PSTR("#!error channel "));
  frame.put(wrong.word);
  frame.close();
}

}  // namespace fieldline
