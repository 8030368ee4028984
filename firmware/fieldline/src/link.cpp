#include "link.h"

#include "parts/line_reader.h"

namespace fieldline {
namespace {

const uint16_t PATIENCE = 50;  // milliseconds

LineReader<LONGEST_COMMAND> reader;
bool complete = false;

}  // namespace

void listen() {
  while (!complete && Serial.available() > 0) complete = reader.take((char)Serial.read());
}

char *receivedCommand() { return complete ? reader.text() : NULL; }
void dropCommand() { complete = false; }

bool callsBootloader() {
#ifdef USBCON
  return Serial.baud() == 1200 && !Serial.dtr();
#else
  return false;
#endif
}

void SerialOutput::write(char character) {
  const uint16_t start = (uint16_t)millis();
  while (Serial.availableForWrite() == 0) {
    listen();
    if (stuck || (uint16_t)((uint16_t)millis() - start) > PATIENCE) {
      stuck = true;
      return;
    }
  }
  stuck = false;
  Serial.write((uint8_t)character);
}

}  // namespace fieldline
